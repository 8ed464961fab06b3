import { type Response, Router } from 'express';
import { canonicalEmail } from '../../store/addresses.js';
import type { Onboarding } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { askForPasswordReset, resetPassword } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import { ownWordsOf } from '../passwords.js';
import type { Services } from '../services.js';
import type { FieldError, LinkProblem } from '../views/models.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { type Links, problemOf } from './links.js';
import { networkOf, siteOf } from './network.js';
import type { Show } from './page.js';
import { type BrowserSessions, visitOf } from './visit.js';

const MINUTE = 60_000;

/**
 * A new password for whoever has lost theirs: a link to the stored address, and the page behind it. Who asks learns nothing,
 * whoever the address belongs to; opening the link changes nothing; the form signs nobody in (docs/decisions/018).
 */
export function forgottenPasswordPages(
  services: Services,
  show: Show,
  browser: BrowserSessions,
  links: Links,
  flash: Flash,
): Router {
  const { store, passwords, policy, tell } = services;
  const router = Router();

  router.get('/forgotten-password', async (req, res) => {
    const email = canonicalEmail(flash.take(req, res) ?? '');
    const minutes = policy.resetLifetime / MINUTE;
    if (email) await show(res, 'password-reset-sent', { email, minutes });
    else await show(res, 'forgotten-password', { values: { email: '' } });
  });

  router.post('/forgotten-password', async (req, res) => {
    const form = readForm(req, ['email']);
    const refuse = (code: string) =>
      show(res, 'forgotten-password', { values: form }, { errors: [{ field: 'email', code }] });
    if (form.email.trim() === '') return refuse('email-missing');
    const email = canonicalEmail(form.email);
    if (!email) return refuse('email-invalid');

    const allowance = await store.limits.take({
      'reset-email': email,
      'reset-address': networkOf(req),
      'reset-site': siteOf(req),
      'reset-total': 'all',
    });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
    const onboarding = await store.onboardings.findByEmail(email);
    const outcome = await store.onboardings.takeAlike(
      onboarding?._id,
      askForPasswordReset({ newLinkId: newSecretId(), at: visitOf(res).at }, policy),
    );
    flash.redirect(res, '/forgotten-password', email);
    // Behind the answer: how long Temporal takes would tell that there is somebody.
    if (outcome.done) void tell(outcome.onboarding);
  });

  router.get('/reset-password/:token', links.receive('password-reset'));

  router.get('/reset-password', async (req, res) => {
    const opened = await links.open(req, res, 'password-reset');
    if (opened.problem) return answerProblem(res, opened.problem);
    await page(res, opened);
  });

  router.post('/reset-password', async (req, res) => {
    const form = readForm(req, ['password', 'linkId']);
    const opened = await links.open(req, res, 'password-reset');
    if (opened.problem) return answerProblem(res, opened.problem);
    const { onboarding, linkId } = opened;
    if (form.linkId !== linkId) throw new DomainError('form-for-other-invitation');
    const refusal = passwords.refusalOf(form.password, ownWordsOf(onboarding));
    if (refusal) return page(res, opened, [{ field: 'password', code: refusal }]);
    const passwordHash = await passwords.hash(form.password);
    const outcome = await store.onboardings.take(
      onboarding._id,
      resetPassword({ linkId, passwordHash, at: visitOf(res).at }),
    );
    if (!outcome.done) {
      // A stage at which no password is reset has ended the link.
      const ended = outcome.refused === 'wrong-stage';
      return answerProblem(res, ended ? 'expired' : problemOf(outcome.refused, outcome.onboarding));
    }
    await store.sessions.closeAllOf(onboarding._id);
    // A stranger who used the tries up keeps out nobody who has the mailbox.
    await store.limits.forget({ 'sign-in-email': onboarding.email });
    await tell(outcome.onboarding);
    links.forget(res, 'password-reset');
    await browser.end(res);
    flash.redirect(res, '/sign-in', 'password-changed');
  });

  const page = (
    res: Response,
    { onboarding: { email }, linkId }: { onboarding: Onboarding; linkId: string },
    errors: FieldError[] = [],
  ) => show(res, 'reset-password', { email, linkId }, { errors });

  const answerProblem = (res: Response, problem: LinkProblem) =>
    show(
      res,
      'link-problem',
      { problem, purpose: 'password-reset', signInUseful: problem === 'used', askAgain: false },
      { status: problem === 'unknown' ? 404 : 410 },
    );

  return router;
}
