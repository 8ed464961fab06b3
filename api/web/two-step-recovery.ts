import { type Response, Router } from 'express';
import { codeAt, useRecoveryCode } from '../../store/steps.js';
import { isLocked } from '../../store/tries.js';
import { readRecoveryCode } from '../recovery-codes.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { lockedError } from './codes-typed.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import type { Show } from './page.js';
import { type BrowserSessions, placeOf, visitOf } from './visit.js';
import { waysOf } from './ways.js';

/** 2 Step Verification by a recovery code, at sign-in: for when neither phone nor app is there. */
export function twoStepRecoveryPages(
  services: Services,
  show: Show,
  browser: BrowserSessions,
  flash: Flash,
): Router {
  const { store, policy, keyring, passwords, metrics, tell } = services;
  const router = Router();

  router.get('/two-step/recovery-code', only('/two-step'), async (_req, res) => {
    if (waysOf(services, personOf(res).onboarding).recoveryCodesLeft === 0)
      return res.redirect(303, '/two-step');
    await page(res);
  });

  router.post('/two-step/recovery-code', only('/two-step', '/dashboard'), async (req, res) => {
    const { code: typed } = readForm(req, ['code']);
    const { onboarding: me, session, at } = personOf(res);
    if (placeOf(visitOf(res)) === '/dashboard') return res.redirect(303, '/dashboard');
    const list = me.recoveryCodes;
    if (!list || me.stage !== 'active') return res.redirect(303, '/two-step');
    if (typed.trim() === '') return page(res, { field: 'code', code: 'recovery-code-missing' });
    const read = readRecoveryCode(typed);
    if (!read) return page(res, { field: 'code', code: 'recovery-code-format' });

    const factor = { recoveryListId: list.id };
    const attempt = await store.onboardings.countFactorTry({ id: me._id, factor, at });
    if (!attempt.counted && attempt.because !== 'locked') return res.redirect(303, '/two-step');
    const hash = codeAt(list, read.position)?.hash;
    const matches = attempt.counted && (await passwords.matches(hash, read.secret));
    const outcome = matches
      ? await store.onboardings.take(
          me._id,
          useRecoveryCode({ listId: list.id, position: read.position, sessionId: session._id, at }),
        )
      : undefined;
    if (!outcome?.done) {
      metrics.signedIn('recovery-refused');
      const onboarding = await store.onboardings.lockIfDue(attempt.onboarding, at);
      if (isLocked(onboarding, at)) return page(res, lockedError(onboarding, at));
      if (outcome) return page(res, { field: 'code', code: 'recovery-code-used' });
      const triesLeft = policy.codeFailureCap - onboarding.codeFailures;
      return page(res, { field: 'code', code: 'recovery-code-wrong', values: { triesLeft } });
    }
    if (outcome.repeated) await store.onboardings.endFailures(me._id);
    else {
      metrics.signedIn('recovery-accepted');
      await tell(outcome.onboarding);
    }
    await browser.open(
      res,
      outcome.onboarding,
      'full',
      keyring.nextSessionToken(visitOf(res).token, list.id),
    );
    flash.redirect(res, '/dashboard', 'recovery-code-used');
  });

  const page = (res: Response, error?: FieldError) =>
    show(res, 'two-step-recovery', {}, { errors: error ? [error] : [] });

  return router;
}
