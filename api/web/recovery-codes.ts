import { type Response, Router } from 'express';
import { newSecretId } from '../../store/secrets.js';
import { makeRecoveryCodes, recoveryCodesLeft } from '../../store/steps.js';
import { newRecoveryCodes, recoveryCodeText } from '../recovery-codes.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { readForm } from './forms.js';
import { onceAcknowledged, only, personOf } from './guard.js';
import { checkOwnPassword } from './own-password.js';
import type { Show } from './page.js';

const HERE = '/account/recovery-codes';

/** A list of codes for when neither phone nor app is there. Shown once, in the answer that makes it; asks for the password. */
export function recoveryCodePages(services: Services, show: Show): Router {
  const { store, passwords, tell } = services;
  const router = Router();
  router.use(HERE, only('/dashboard'), onceAcknowledged(services));

  router.get(HERE, (_req, res) => page(res));

  router.post(HERE, async (req, res) => {
    const { password } = readForm(req, ['password']);
    const { onboarding: me, session, at } = personOf(res);
    const given = await checkOwnPassword(services, me, password);
    if ('refusal' in given) return page(res, [{ field: 'password', code: given.refusal }]);
    const codes = newRecoveryCodes();
    const hashes: string[] = [];
    // One after the other: others want to sign in meanwhile.
    for (const { secret } of codes) hashes.push(await passwords.hash(secret));
    const outcome = await store.onboardings.take(
      me._id,
      makeRecoveryCodes({ from: given.hash, listId: newSecretId(), hashes, sessionId: session._id, at }),
    );
    if (!outcome.done) return page(res, [{ field: 'password', code: 'password-wrong' }]);
    await store.sessions.closeAllOf(me._id, session._id);
    await tell(outcome.onboarding);
    await show(res, 'recovery-codes-made', { codes: codes.map(recoveryCodeText) });
  });

  function page(res: Response, errors: FieldError[] = []) {
    const { onboarding: me } = personOf(res);
    return show(res, 'recovery-codes', { email: me.email, left: recoveryCodesLeft(me) }, { errors });
  }

  return router;
}
