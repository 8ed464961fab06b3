import { type Response, Router } from 'express';
import { newSecretId } from '../../store/secrets.js';
import { addAuthenticator, beginAuthenticator, pendingIn, removeAuthenticator } from '../../store/steps.js';
import { newAppSecret, setUpOf, stepOf } from '../authenticator.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { readSixDigits } from './codes-typed.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { onceAcknowledged, only, personOf } from './guard.js';
import { checkOwnPassword } from './own-password.js';
import type { Show } from './page.js';

const HERE = '/account/authenticator';

/** Setting up an app that makes codes, and removing it. Both ask for the password, and end all other sessions. */
export function authenticatorPages(services: Services, show: Show, flash: Flash): Router {
  const { store, keyring, policy, settings, tell } = services;
  const router = Router();
  router.use(HERE, only('/dashboard'), onceAcknowledged(services));

  router.get(HERE, (req, res) => startPage(res, [], flash.take(req, res) === 'expired'));

  router.post(HERE, async (req, res) => {
    const { password } = readForm(req, ['password']);
    const { onboarding: me, session, at } = personOf(res);
    const given = await checkOwnPassword(services, me, password);
    if ('refusal' in given) return startPage(res, [{ field: 'password', code: given.refusal }]);
    const pending = {
      id: newSecretId(),
      secret: keyring.seal(newAppSecret(), me._id),
      sessionId: session._id,
      issuedAt: at,
    };
    const outcome = await store.onboardings.take(me._id, beginAuthenticator({ from: given.hash, pending }));
    if (!outcome.done) return startPage(res, [{ field: 'password', code: 'password-wrong' }]);
    res.redirect(303, `${HERE}/confirm`);
  });

  /** Shows the secret again as long as it may be used: a phone often loads the page anew on the way back from the app. */
  router.get(`${HERE}/confirm`, (_req, res) => confirmPage(res));

  router.post(`${HERE}/confirm`, async (req, res) => {
    const { code: typed } = readForm(req, ['code']);
    const { onboarding: me, session, at } = personOf(res);
    const waiting = waitingIn(res);
    if (!waiting) return confirmPage(res);
    const read = readSixDigits(typed, { missing: 'app-code-missing' });
    if ('refusal' in read) return confirmPage(res, [{ field: 'code', code: read.refusal }]);
    // No try is counted: whoever is at this page knows the secret.
    const step = stepOf({ secret: waiting.secret, code: read.code, at });
    if (step === undefined) return confirmPage(res, [{ field: 'code', code: 'app-code-no-match' }]);
    const outcome = await store.onboardings.take(
      me._id,
      addAuthenticator({ pendingId: waiting.id, step, sessionId: session._id, at }, policy),
    );
    if (!outcome.done) return flash.redirect(res, HERE, 'expired');
    await store.sessions.closeAllOf(me._id, session._id);
    await tell(outcome.onboarding);
    flash.redirect(res, '/account', 'authenticator-added');
  });

  router.get(`${HERE}/remove`, async (_req, res) => {
    if (!personOf(res).onboarding.authenticator) return res.redirect(303, HERE);
    await removePage(res);
  });

  router.post(`${HERE}/remove`, async (req, res) => {
    const { password } = readForm(req, ['password']);
    const { onboarding: me, session, at } = personOf(res);
    const given = await checkOwnPassword(services, me, password);
    if ('refusal' in given) return removePage(res, [{ field: 'password', code: given.refusal }]);
    const outcome = await store.onboardings.take(
      me._id,
      removeAuthenticator({ from: given.hash, sessionId: session._id, at }),
    );
    if (!outcome.done) return removePage(res, [{ field: 'password', code: 'password-wrong' }]);
    await store.sessions.closeAllOf(me._id, session._id);
    await tell(outcome.onboarding);
    flash.redirect(res, '/account', 'authenticator-removed');
  });

  /** The secret that waits in this session for the app's first code. */
  function waitingIn(res: Response) {
    const { onboarding: me, session, at } = personOf(res);
    const pending = pendingIn(me, { sessionId: session._id, at }, policy);
    const secret = pending && keyring.unseal(pending.secret, me._id);
    return pending && secret && { ...pending, secret };
  }

  function startPage(res: Response, errors: FieldError[] = [], expired = false) {
    const { email, authenticator } = personOf(res).onboarding;
    return show(
      res,
      'authenticator',
      {
        email,
        ...(authenticator && { since: authenticator.addedAt }),
        ...(expired && { expired: true as const }),
      },
      { errors },
    );
  }

  async function confirmPage(res: Response, errors: FieldError[] = []): Promise<void> {
    const { email, pendingAuthenticator } = personOf(res).onboarding;
    const waiting = waitingIn(res);
    if (!waiting)
      return pendingAuthenticator ? flash.redirect(res, HERE, 'expired') : res.redirect(303, HERE);
    const { brandName } = settings;
    await show(
      res,
      'authenticator-confirm',
      {
        ...setUpOf({ secret: waiting.secret, brandName, email }),
        until: new Date(waiting.issuedAt.getTime() + policy.authenticatorSetup),
      },
      { errors },
    );
  }

  const removePage = (res: Response, errors: FieldError[] = []) =>
    show(res, 'remove-authenticator', { email: personOf(res).onboarding.email }, { errors });

  return router;
}
