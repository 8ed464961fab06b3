import { type Response, Router } from 'express';
import { leadsTo } from '../../store/actions.js';
import { canonicalEmail } from '../../store/addresses.js';
import { newSecretId } from '../../store/secrets.js';
import { correctOwnEmail } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import type { Show } from './page.js';
import { placeOf, visitOf } from './visit.js';

/** Refusals as the page words them; a taken address is told no more about than any other that cannot be used. */
const WORDS: Partial<Record<string, string>> = {
  'same-email': 'email-unchanged',
  'too-often': 'email-changed-too-often',
  'email-taken': 'email-not-usable',
};

/** Correcting one's own address, before the phone is confirmed. Asks for the password again (ASVS 7.5.1). */
export function changeAddressPages(services: Services, show: Show): Router {
  const { store, passwords, policy, tell } = services;
  const router = Router();
  const here = only('/check-email', '/phone', '/two-step');

  router.get('/change-address', here, async (_req, res) => {
    const { onboarding, at } = personOf(res);
    if (!leadsTo('correct-own-email', onboarding, at)) return res.redirect(303, placeOf(visitOf(res)));
    await page(res, '');
  });

  router.post('/change-address', here, async (req, res) => {
    const form = readForm(req, ['email', 'password']);
    const { onboarding, at } = personOf(res);
    if (!leadsTo('correct-own-email', onboarding, at)) return res.redirect(303, placeOf(visitOf(res)));
    const refuse = (field: string, code: string) => page(res, form.email, [{ field, code }]);
    if (form.email.trim() === '') return refuse('email', 'email-missing');
    const email = canonicalEmail(form.email);
    if (!email) return refuse('email', 'email-invalid');
    if (form.password === '') return refuse('password', 'password-missing');

    const allowance = await store.limits.take({
      'own-password': onboarding._id,
      'mail-person': onboarding._id,
    });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
    if (!(await passwords.matches(onboarding.account?.passwordHash, form.password))) {
      return refuse('password', 'password-wrong');
    }
    const outcome = await store.onboardings.take(
      onboarding._id,
      correctOwnEmail({ email, newLinkId: newSecretId(), at }, policy),
    );
    if (!outcome.done) return refuse('email', WORDS[outcome.refused] ?? 'email-not-usable');
    await tell(outcome.onboarding);
    res.redirect(303, '/check-email');
  });

  async function page(res: Response, typed: string, errors: FieldError[] = []): Promise<void> {
    const { email } = personOf(res).onboarding;
    await show(res, 'change-address', { email, values: { email: typed } }, { errors });
  }

  return router;
}
