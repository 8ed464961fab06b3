import { Router } from 'express';
import { canonicalMobile } from '../../store/addresses.js';
import { enterNumber } from '../../store/steps.js';
import type { Services } from '../services.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import { networkOf } from './network.js';
import type { Show } from './page.js';
import { newChallengeFor, takeText } from './texting.js';

/** Two-factor authentication explained, and the mobile number. Stays open until the code is confirmed, to change the number. */
export function phonePages(services: Services, show: Show): Router {
  const { store, policy, tell } = services;
  const router = Router();
  const here = only('/phone', '/two-step');

  router.get('/phone', here, async (_req, res) => {
    const { onboarding } = personOf(res);
    if (onboarding.stage === 'active') return res.redirect(303, '/two-step');
    await show(res, 'phone', {
      values: { phone: onboarding.phone ?? '' },
      canChangeAddress: !onboarding.activatedAt,
    });
  });

  router.post('/phone', here, async (req, res) => {
    const { phone } = readForm(req, ['phone']);
    const { onboarding, session, at } = personOf(res);
    const refuse = (code: string, values?: Record<string, number>) =>
      show(
        res,
        'phone',
        { values: { phone }, canChangeAddress: !onboarding.activatedAt },
        { errors: [{ field: 'phone', code, ...(values && { values }) }] },
      );

    if (phone.trim() === '') return refuse('phone-missing');
    const read = canonicalMobile(phone, policy);
    if ('refusal' in read) return refuse(read.refusal);
    const { number } = read;
    const allowance = await takeText(services, {
      onboardingId: onboarding._id,
      number,
      network: networkOf(req),
    });
    if (!allowance.allowed) {
      return refuse('text-limit-reached', { minutes: Math.ceil(allowance.retryAfterSeconds / 60) });
    }
    const challenge = newChallengeFor(services, session._id, at);
    const outcome = await store.onboardings.take(
      onboarding._id,
      enterNumber({ ...challenge, number }, policy),
    );
    if (outcome.done) await tell(outcome.onboarding);
    res.redirect(303, '/two-step');
  });

  return router;
}
