import { type Response, Router } from 'express';
import { lastDigits } from '../../store/addresses.js';
import type { Onboarding } from '../../store/facts.js';
import { consumeCode, sendCodeAgain } from '../../store/steps.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { codeDelivery } from './delivery.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import { networkOf } from './network.js';
import type { Show } from './page.js';
import { newChallengeFor, takeText, textWasConfirmed } from './texting.js';
import { type BrowserSessions, visitOf } from './visit.js';

/** 2 Step Verification: the texted code, when enrolling and at each sign-in. */
export function twoStepPages(services: Services, show: Show, browser: BrowserSessions): Router {
  const { store, policy, keyring, tell, metrics } = services;
  const router = Router();
  const here = only('/two-step');

  router.get('/two-step', here, async (_req, res) => {
    await page(res, personOf(res).onboarding);
  });

  router.get('/unlocking', only('/unlocking'), (_req, res) => show(res, 'unlocking', {}));

  router.post('/two-step', only('/two-step', '/unlocking', '/dashboard'), async (req, res) => {
    const { code: typed } = readForm(req, ['code']);
    const { onboarding, session, at } = personOf(res);
    if (session.level === 'full') return res.redirect(303, '/dashboard');
    const code = typed.replaceAll(/[\s-]/g, '');
    if (code === '') return page(res, onboarding, { field: 'code', code: 'code-missing' });
    if (!/^[0-9]{6}$/.test(code)) return page(res, onboarding, { field: 'code', code: 'code-format' });

    const { challenge } = onboarding;
    if (!challenge) return page(res, onboarding, { field: 'code', code: 'code-expired' });
    const bound = { challengeId: challenge.id, sessionId: session._id, at };
    const attempt = await store.onboardings.countTry({ id: onboarding._id, ...bound });
    if (!attempt.counted) {
      metrics.signedIn('code-refused');
      return page(res, attempt.onboarding, refusalOf(attempt.because, attempt.onboarding, at));
    }
    if (!keyring.codeMatches(challenge, code)) {
      metrics.signedIn('code-refused');
      return page(res, attempt.onboarding, wrongCode(attempt.onboarding, at));
    }
    const outcome = await store.onboardings.take(onboarding._id, consumeCode(bound));
    if (!outcome.done)
      return page(res, outcome.onboarding ?? onboarding, { field: 'code', code: 'code-expired' });
    if (!outcome.repeated) {
      metrics.signedIn('code-accepted');
      await tell(outcome.onboarding);
      await textWasConfirmed(services, challenge.number);
    }
    const next = keyring.nextSessionToken(visitOf(res).token, challenge.id);
    await browser.open(res, outcome.onboarding, 'full', next);
    res.redirect(303, '/dashboard');
  });

  router.post('/two-step/send-again', here, async (req, res) => {
    readForm(req, []);
    const { onboarding, session, at } = personOf(res);
    const again = sendCodeAgain(newChallengeFor(services, session._id, at), policy);
    // Asked for too soon: refused before it counts against the limits.
    const verdict = again(onboarding);
    if (typeof verdict === 'object' && 'refused' in verdict)
      return page(res, onboarding, { code: verdict.refused });
    const number = onboarding.phone ?? '';
    const allowance = await takeText(services, {
      onboardingId: onboarding._id,
      number,
      ...(onboarding.stage !== 'active' && { network: networkOf(req) }),
    });
    if (!allowance.allowed) {
      const values = { minutes: Math.ceil(allowance.retryAfterSeconds / 60) };
      return page(res, onboarding, { code: 'text-limit-reached', values });
    }
    const outcome = await store.onboardings.take(onboarding._id, again);
    if (!outcome.done) return page(res, onboarding, { code: outcome.refused });
    await tell(outcome.onboarding);
    res.redirect(303, '/two-step');
  });

  async function page(res: Response, onboarding: Onboarding, error?: FieldError): Promise<void> {
    const { challenge, phone = '' } = onboarding;
    const { at } = visitOf(res);
    await show(
      res,
      'two-step',
      {
        lastDigits: lastDigits(phone),
        purpose: onboarding.stage === 'active' ? 'sign-in' : 'enrolment',
        ...(await codeDelivery(services, onboarding, at)),
        expiresAt: challenge?.expiresAt ?? at,
        triesLeft: challenge?.triesLeft ?? 0,
      },
      { errors: error ? [error] : [] },
    );
  }

  return router;
}

function wrongCode(onboarding: Onboarding, at: Date): FieldError {
  if (onboarding.lockedUntil && onboarding.lockedUntil > at) return refusalOf('locked', onboarding, at);
  const triesLeft = onboarding.challenge?.triesLeft ?? 0;
  return triesLeft > 0
    ? { field: 'code', code: 'code-wrong', values: { triesLeft } }
    : { field: 'code', code: 'code-spent' };
}

function refusalOf(
  because: 'spent' | 'expired' | 'locked',
  { lockedUntil }: Onboarding,
  at: Date,
): FieldError {
  if (because !== 'locked') return { field: 'code', code: `code-${because}` };
  const minutes = lockedUntil ? Math.ceil((lockedUntil.getTime() - at.getTime()) / 60_000) : 60;
  return { field: 'code', code: 'code-locked', values: { minutes } };
}
