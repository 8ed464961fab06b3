import { type Response, Router } from 'express';
import { lastDigits } from '../../store/addresses.js';
import { changePassword } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import { ownWordsOf } from '../passwords.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { onceAcknowledged, only, personOf } from './guard.js';
import { nameOf, type Show } from './page.js';

/** One's own data, and another password for the one that is known. */
export function accountPages(services: Services, show: Show, flash: Flash): Router {
  const { store, passwords, tell } = services;
  const router = Router();
  router.use('/account', only('/dashboard'), onceAcknowledged(services));

  router.get('/account', async (req, res) => {
    const { onboarding } = personOf(res);
    const team = await store.teams.find(onboarding.teamId);
    await show(res, 'account', {
      name: nameOf(onboarding),
      email: onboarding.email,
      lastDigits: lastDigits(onboarding.phone ?? ''),
      teamName: team?.name ?? '',
      ...(flash.take(req, res) === 'password-changed' && { passwordChanged: true as const }),
    });
  });

  router.get('/account/password', (_req, res) => page(res));

  /** Asks for the current password (ASVS 6.2.3), and counts as trying one. */
  router.post('/account/password', async (req, res) => {
    const form = readForm(req, ['password', 'newPassword']);
    const { onboarding: me, session, at } = personOf(res);
    const errors: FieldError[] = [];
    if (form.password === '') errors.push({ field: 'password', code: 'password-missing' });
    const refusal = passwords.refusalOf(form.newPassword, ownWordsOf(me));
    if (refusal) errors.push({ field: 'newPassword', code: refusal });
    if (errors.length > 0) return page(res, errors);

    const allowance = await store.limits.take({ 'sign-in-email': me.email });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
    const from = me.account?.passwordHash;
    if (from === undefined || !(await passwords.matches(from, form.password))) return wrong(res);
    const passwordHash = await passwords.hash(form.newPassword);
    const outcome = await store.onboardings.take(
      me._id,
      changePassword({ from, passwordHash, sessionId: session._id, at }),
    );
    if (!outcome.done) return wrong(res);
    await store.sessions.closeAllOf(me._id, session._id);
    await tell(outcome.onboarding);
    flash.redirect(res, '/account', 'password-changed');
  });

  const wrong = (res: Response) => page(res, [{ field: 'password', code: 'password-wrong' }]);

  const page = (res: Response, errors: FieldError[] = []) =>
    show(res, 'change-password', { email: personOf(res).onboarding.email }, { errors });

  return router;
}
