import { type Response, Router } from 'express';
import { confirmAppCode } from '../../store/steps.js';
import { isLocked } from '../../store/tries.js';
import { stepOf } from '../authenticator.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { lockedError, readSixDigits } from './codes-typed.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import type { Show } from './page.js';
import { type BrowserSessions, placeOf, visitOf } from './visit.js';
import { waysOf } from './ways.js';

/** 2 Step Verification by an authenticator app, at sign-in: nothing is texted. */
export function twoStepAppPages(services: Services, show: Show, browser: BrowserSessions): Router {
  const { store, policy, keyring, metrics } = services;
  const router = Router();

  router.get('/two-step/app', only('/two-step'), async (_req, res) => {
    if (!waysOf(services, personOf(res).onboarding).app) return res.redirect(303, '/two-step');
    await page(res);
  });

  router.post('/two-step/app', only('/two-step', '/dashboard'), async (req, res) => {
    const { code: typed } = readForm(req, ['code']);
    const { onboarding: me, session, at } = personOf(res);
    if (placeOf(visitOf(res)) === '/dashboard') return res.redirect(303, '/dashboard');
    const { app } = waysOf(services, me);
    if (!app) return res.redirect(303, '/two-step');
    const read = readSixDigits(typed, { missing: 'app-code-missing' });
    if ('refusal' in read) return page(res, { field: 'code', code: read.refusal });

    const factor = { authenticatorId: app.id };
    const attempt = await store.onboardings.countFactorTry({ id: me._id, factor, at });
    if (!attempt.counted && attempt.because !== 'locked') return res.redirect(303, '/two-step');
    const step = attempt.counted ? stepOf({ secret: app.secret, code: read.code, at }) : undefined;
    const outcome =
      step === undefined
        ? undefined
        : await store.onboardings.take(
            me._id,
            confirmAppCode({ authenticatorId: app.id, step, sessionId: session._id, at }),
          );
    if (!outcome?.done) {
      metrics.signedIn('app-refused');
      const onboarding = await store.onboardings.lockIfDue(attempt.onboarding, at);
      if (isLocked(onboarding, at)) return page(res, lockedError(onboarding, at));
      if (outcome) return page(res, { field: 'code', code: 'app-code-used' });
      const triesLeft = policy.codeFailureCap - onboarding.codeFailures;
      return page(res, { field: 'code', code: 'app-code-wrong', values: { triesLeft } });
    }
    if (outcome.repeated) await store.onboardings.endFailures(me._id);
    else metrics.signedIn('app-accepted');
    await browser.open(res, outcome.onboarding, 'full', keyring.nextSessionToken(visitOf(res).token, app.id));
    res.redirect(303, '/dashboard');
  });

  const page = (res: Response, error?: FieldError) => {
    const { recoveryCodesLeft } = waysOf(services, personOf(res).onboarding);
    return show(
      res,
      'two-step-app',
      { recoveryCodes: recoveryCodesLeft > 0 },
      { errors: error ? [error] : [] },
    );
  };

  return router;
}
