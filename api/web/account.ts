import { type Response, Router } from 'express';
import { lastDigits } from '../../store/addresses.js';
import { changePassword, recoveryCodesLeft } from '../../store/steps.js';
import { appOf } from '../authenticator.js';
import { ownWordsOf } from '../passwords.js';
import type { Services } from '../services.js';
import { ACCOUNT_CHANGES, type FieldError } from '../views/models.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { onceAcknowledged, only, personOf } from './guard.js';
import { checkOwnPassword } from './own-password.js';
import { nameOf, type Show } from './page.js';

/** One's own data, and another password for the one that is known. */
export function accountPages(services: Services, show: Show, flash: Flash): Router {
  const { store, passwords, keyring, tell } = services;
  const router = Router();
  router.use('/account', only('/dashboard'), onceAcknowledged(services));

  router.get('/account', async (req, res) => {
    const { onboarding } = personOf(res);
    const team = await store.teams.find(onboarding.teamId);
    const said = flash.take(req, res);
    const done = ACCOUNT_CHANGES.find((change) => change === said);
    const { authenticator } = onboarding;
    await show(res, 'account', {
      name: nameOf(onboarding),
      email: onboarding.email,
      lastDigits: lastDigits(onboarding.phone ?? ''),
      teamName: team?.name ?? '',
      ...(authenticator && {
        authenticator: {
          since: authenticator.addedAt,
          readable: appOf(keyring, onboarding) !== 'unreadable',
        },
      }),
      recoveryCodesLeft: recoveryCodesLeft(onboarding),
      ...(done && { done }),
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

    const given = await checkOwnPassword(services, me, form.password);
    if ('refusal' in given) return page(res, [{ field: 'password', code: given.refusal }]);
    const passwordHash = await passwords.hash(form.newPassword);
    const outcome = await store.onboardings.take(
      me._id,
      changePassword({ from: given.hash, passwordHash, sessionId: session._id, at }),
    );
    if (!outcome.done) return page(res, [{ field: 'password', code: 'password-wrong' }]);
    await store.sessions.closeAllOf(me._id, session._id);
    await tell(outcome.onboarding);
    flash.redirect(res, '/account', 'password-changed');
  });

  const page = (res: Response, errors: FieldError[] = []) =>
    show(res, 'change-password', { email: personOf(res).onboarding.email }, { errors });

  return router;
}
