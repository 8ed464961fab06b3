import { type Response, Router } from 'express';
import { lastDigits } from '../../store/addresses.js';
import type { Onboarding } from '../../store/facts.js';
import { consumeCode, sendCodeAgain } from '../../store/steps.js';
import { isLocked } from '../../store/tries.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { lockedError, readSixDigits } from './codes-typed.js';
import { codeDelivery } from './delivery.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import { networkOf } from './network.js';
import type { Show } from './page.js';
import { newChallengeFor, takeText, textWasConfirmed } from './texting.js';
import { type BrowserSessions, visitOf } from './visit.js';
import { asksAppFirst, waysOf } from './ways.js';

/** 2 Step Verification: the texted code, when enrolling and at each sign-in. */
export function twoStepPages(services: Services, show: Show, browser: BrowserSessions): Router {
  const { store, policy, keyring, tell, metrics } = services;
  const router = Router();
  const here = only('/two-step');

  router.get('/two-step', here, async (_req, res) => {
    const { onboarding, session } = personOf(res);
    if (asksAppFirst(waysOf(services, onboarding), onboarding, session))
      return res.redirect(303, '/two-step/app');
    await page(res, onboarding);
  });

  router.get('/unlocking', only('/unlocking'), (_req, res) => show(res, 'unlocking', {}));

  router.post('/two-step', only('/two-step', '/unlocking', '/dashboard'), async (req, res) => {
    const { code: typed } = readForm(req, ['code']);
    const { onboarding, session, at } = personOf(res);
    if (session.level === 'full') return res.redirect(303, '/dashboard');
    const read = readSixDigits(typed, { missing: 'code-missing' });
    if ('refusal' in read) return page(res, onboarding, { field: 'code', code: read.refusal });

    const { challenge } = onboarding;
    if (!challenge) return page(res, onboarding, { field: 'code', code: 'code-expired' });
    const bound = { challengeId: challenge.id, sessionId: session._id, at };
    const attempt = await store.onboardings.countTry({ id: onboarding._id, ...bound });
    if (!attempt.counted) {
      metrics.signedIn('code-refused');
      return page(res, attempt.onboarding, refusalOf(attempt.because, attempt.onboarding, at));
    }
    if (!keyring.codeMatches(challenge, read.code)) {
      metrics.signedIn('code-refused');
      const after = await store.onboardings.lockIfDue(attempt.onboarding, at);
      return page(res, after, wrongCode(after, at));
    }
    const outcome = await store.onboardings.take(onboarding._id, consumeCode(bound));
    if (!outcome.done)
      return page(res, outcome.onboarding ?? onboarding, { field: 'code', code: 'code-expired' });
    if (outcome.repeated) await store.onboardings.endFailures(onboarding._id);
    else {
      metrics.signedIn('code-accepted');
      await tell(outcome.onboarding);
      if (challenge.purpose === 'enrolment') await textWasConfirmed(services, challenge.number);
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
    const { session, at } = personOf(res);
    const ways = waysOf(services, onboarding);
    const errors = error ? [error] : [];
    const recoveryCodes = ways.recoveryCodesLeft > 0;
    // No text could be had, and none is needed.
    if (asksAppFirst(ways, onboarding, session))
      return show(res, 'two-step-app', { recoveryCodes }, { errors });
    await show(
      res,
      'two-step',
      {
        lastDigits: lastDigits(phone),
        purpose: onboarding.stage === 'active' ? 'sign-in' : 'enrolment',
        ...(await codeDelivery(services, onboarding, at)),
        expiresAt: challenge?.expiresAt ?? at,
        triesLeft: challenge?.triesLeft ?? 0,
        ...(ways.app && { app: 'usable' as const }),
        ...(ways.appUnreadable && { app: 'unreadable' as const }),
        ...(recoveryCodes && { recoveryCodes }),
      },
      { errors },
    );
  }

  return router;
}

function wrongCode(onboarding: Onboarding, at: Date): FieldError {
  if (isLocked(onboarding, at)) return lockedError(onboarding, at);
  const triesLeft = onboarding.challenge?.triesLeft ?? 0;
  return triesLeft > 0
    ? { field: 'code', code: 'code-wrong', values: { triesLeft } }
    : { field: 'code', code: 'code-spent' };
}

function refusalOf(because: 'spent' | 'expired' | 'locked', onboarding: Onboarding, at: Date): FieldError {
  return because === 'locked' ? lockedError(onboarding, at) : { field: 'code', code: `code-${because}` };
}
