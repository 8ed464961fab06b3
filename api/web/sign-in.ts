import { Router } from 'express';
import { canonicalEmail } from '../../store/addresses.js';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import { requestSignInCode } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import { concerns } from '../requests.js';
import type { Services } from '../services.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { networkOf } from './network.js';
import type { Show } from './page.js';
import { newChallengeFor, takeText } from './texting.js';
import { type BrowserSessions, placeOf, visitOf } from './visit.js';
import { waysOf } from './ways.js';

/** What has just been done, and why one is here. Only the latter may stand in an address, which anybody can make up. */
const DONE = ['verified', 'signed-out', 'password-changed'] as const;
const REASONS = ['timed-out', 'sign-in-to-go-on'] as const;

/** Email and password; the texted code follows on its own page. Known and unknown addresses are treated alike. */
export function signInPages(services: Services, show: Show, browser: BrowserSessions, flash: Flash): Router {
  const { store, passwords, policy, tell, metrics } = services;
  const router = Router();

  router.get('/sign-in', async (req, res) => {
    const place = placeOf(visitOf(res));
    if (place !== '/sign-in') return res.redirect(303, place);
    const done = flash.take(req, res);
    const notice =
      DONE.find((known) => known === done) ?? REASONS.find((known) => known === req.query['notice']);
    await show(res, 'sign-in', { values: { email: '' }, ...(notice && { notice }) });
  });

  router.post('/sign-in', async (req, res) => {
    const form = readForm(req, ['email', 'password']);
    const refuse = (field: string, code: string) =>
      show(res, 'sign-in', { values: { email: form.email } }, { errors: [{ field, code }] });
    if (form.email.trim() === '') return refuse('email', 'email-missing');
    if (form.password === '') return refuse('password', 'password-missing');
    const email = canonicalEmail(form.email);
    if (!email) return refuse('email', 'email-invalid');

    const allowance = await store.limits.take({ 'sign-in-email': email, 'sign-in-address': networkOf(req) });
    if (!allowance.allowed) {
      metrics.signedIn('too-many');
      throw new DomainError('too-many-requests', allowance);
    }
    const onboarding = await store.onboardings.findByEmail(email);
    const stored = onboarding?.account?.passwordHash;
    const matches = await passwords.matches(stored, form.password);
    if (!matches || !onboarding || !stored || onboarding.stage === 'suspended') {
      metrics.signedIn('password-refused');
      return refuse('email', 'sign-in-failed');
    }
    metrics.signedIn('password-accepted');

    concerns(onboarding._id);
    if (passwords.isOutdated(stored)) {
      await store.onboardings.rehash(onboarding._id, stored, await passwords.hash(form.password));
    }
    const session = await browser.open(res, onboarding, 'password');
    await askForCode(onboarding, session._id, visitOf(res).at);
    res.redirect(303, placeOf(visitOf(res)));
  });

  router.post('/sign-out', async (req, res) => {
    readForm(req, []);
    await browser.end(res);
    flash.redirect(res, '/sign-in', 'signed-out');
  });

  /** Who is past enrolment gets a code at once, unless an app makes them; past a limit the page offers to send one later. */
  async function askForCode(onboarding: Onboarding, sessionId: string, at: Date): Promise<void> {
    if (effectiveStage(onboarding, at) !== 'active' || waysOf(services, onboarding).app) return;
    const number = onboarding.phone ?? '';
    const allowance = await takeText(services, { onboardingId: onboarding._id, number });
    if (!allowance.allowed) return;
    const outcome = await store.onboardings.take(
      onboarding._id,
      requestSignInCode(newChallengeFor(services, sessionId, at), policy),
    );
    if (outcome.done) await tell(outcome.onboarding);
  }

  return router;
}
