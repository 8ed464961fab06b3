import { type Response, Router } from 'express';
import type { Onboarding } from '../../store/facts.js';
import { sendVerificationAgain, verifyEmail } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError, LinkProblem } from '../views/models.js';
import { verificationDelivery } from './delivery.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import { type Links, problemOf } from './links.js';
import type { Show } from './page.js';
import { placeOf, visitOf } from './visit.js';

/** "Check your email", and the page behind the mail's link. Opening the link verifies nothing: the button does. */
export function verifyEmailPages(services: Services, show: Show, links: Links, flash: Flash): Router {
  const { store, policy, tell } = services;
  const router = Router();

  router.get('/check-email', only('/check-email'), (_req, res) => checkEmail(res));

  router.post('/check-email/send-again', only('/check-email'), async (req, res) => {
    readForm(req, []);
    const { onboarding, at } = personOf(res);
    const again = sendVerificationAgain({ at }, policy);
    const verdict = again(onboarding);
    if (typeof verdict === 'object' && 'refused' in verdict)
      return checkEmail(res, [{ code: verdict.refused }]);
    const allowance = await store.limits.take({ 'mail-person': onboarding._id });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
    const outcome = await store.onboardings.take(onboarding._id, again);
    if (!outcome.done) return checkEmail(res, [{ code: outcome.refused }]);
    await tell(outcome.onboarding);
    res.redirect(303, '/check-email');
  });

  router.get('/verify/:token', links.receive('verification'));

  router.get('/verify', async (req, res) => {
    const opened = await links.open(req, res, 'verification');
    if (opened.problem) return answerProblem(res, opened.problem, opened.onboarding);
    await show(res, 'verify', { email: opened.onboarding.email, linkId: opened.linkId });
  });

  router.post('/verify', async (req, res) => {
    const form = readForm(req, ['linkId']);
    const opened = await links.open(req, res, 'verification');
    if (opened.problem) return answerProblem(res, opened.problem, opened.onboarding);
    if (form.linkId !== opened.linkId) throw new DomainError('form-for-other-invitation');
    const outcome = await store.onboardings.take(
      opened.onboarding._id,
      verifyEmail({ linkId: opened.linkId, at: visitOf(res).at }),
    );
    if (!outcome.done)
      return answerProblem(res, problemOf(outcome.refused, outcome.onboarding), outcome.onboarding);
    await tell(outcome.onboarding);
    goOn(res, outcome.onboarding);
  });

  async function checkEmail(res: Response, errors: FieldError[] = []): Promise<void> {
    const { onboarding, at } = personOf(res);
    const { email, verifyBy } = onboarding;
    const model = {
      email,
      delivery: await verificationDelivery(services, onboarding, at),
      ...(verifyBy && { verifyBy }),
      canResend: true,
      canChangeAddress: true,
    };
    await show(res, 'check-email', model, { errors });
  }

  /** A mailbox alone must not enrol a phone: verifying opens no session. Another browser is asked for the password. */
  function goOn(res: Response, onboarding: Onboarding): void {
    const visit = visitOf(res);
    const mine = visit.onboarding?._id === onboarding._id;
    if (mine) res.redirect(303, placeOf({ ...visit, onboarding }));
    else flash.redirect(res, '/sign-in', 'verified');
  }

  async function answerProblem(
    res: Response,
    problem: LinkProblem,
    onboarding: Onboarding | undefined,
  ): Promise<void> {
    // Clicked twice, or in another tab: it is verified, which is what was wanted.
    if (problem === 'used' && onboarding) return goOn(res, onboarding);
    const visit = visitOf(res);
    if (onboarding && visit.onboarding?._id === onboarding._id && problem === 'expired') {
      return res.redirect(303, placeOf(visit));
    }
    await show(
      res,
      'link-problem',
      { problem, purpose: 'verification', signInUseful: problem !== 'unknown', askAgain: false },
      { status: problem === 'unknown' ? 404 : 410 },
    );
  }

  return router;
}
