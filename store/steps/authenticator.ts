import { type ActionName, stageAfter } from '../actions.js';
import { effectiveStage } from '../deadlines.js';
import type { Onboarding, PendingAuthenticator, SignInChange } from '../facts.js';
import type { Policy } from '../policy.js';
import { withoutOtherSessions } from './generations.js';
import { clinician, type Judge, later, type Refusal, type Step } from './step.js';

/** Given again by whoever is signed in. */
export interface OwnPassword {
  /** The hash that the password was checked against: another one since then refuses. */
  from: string;
  /** The session that goes on. */
  sessionId: string;
  at: Date;
}

/** A secret to be put into an app. Beginning again replaces it; the app of before goes on until the first code of the new one. */
export const beginAuthenticator =
  ({ from, pending }: Pick<OwnPassword, 'from'> & { pending: PendingAuthenticator }): Judge =>
  (o) => {
    const at = pending.issuedAt;
    const refusal = ownRefusal(o, 'begin-authenticator', { from, at });
    if (refusal) return refusal;
    return {
      event: { type: 'authenticator-begun', actor: clinician(o), at },
      set: { pendingAuthenticator: pending },
      told: true,
    };
  };

/** The app has made its first code. `step`: of that code, which signs nobody in any more. */
export const addAuthenticator =
  (
    { pendingId, step, sessionId, at }: { pendingId: string; step: number; sessionId: string; at: Date },
    policy: Policy,
  ): Judge =>
  (o) => {
    if (!o.account || !stageAfter('add-authenticator', effectiveStage(o, at)))
      return { refused: 'wrong-stage' };
    if (o.authenticator?.id === pendingId) return 'already';
    const pending = pendingIn(o, { sessionId, at }, policy);
    if (pending?.id !== pendingId) return { refused: 'code-expired' };
    return {
      event: { type: 'authenticator-added', actor: clinician(o), at },
      set: {
        authenticator: { id: pendingId, secret: pending.secret, addedAt: at, lastStep: step },
        ...withoutOtherSessions(o.account, sessionId),
      },
      unset: ['pendingAuthenticator'],
      notices: telling(o, 'authenticator-added'),
    };
  };

export const removeAuthenticator =
  ({ from, sessionId, at }: OwnPassword): Judge =>
  (o) => {
    const refusal = ownRefusal(o, 'remove-authenticator', { from, at });
    if (refusal || !o.account) return refusal ?? { refused: 'wrong-stage' };
    if (!o.authenticator) return 'already';
    return {
      event: { type: 'authenticator-removed', actor: clinician(o), at },
      set: withoutOtherSessions(o.account, sessionId),
      unset: ['authenticator', 'pendingAuthenticator'],
      notices: telling(o, 'authenticator-removed'),
    };
  };

/**
 * Comes after the try was counted and the code compared: of all who got it right, one has it counted. The same code once more
 * in the same session is a success, anywhere else it is spent, with all before it (RFC 6238 §5.2).
 */
export const confirmAppCode =
  ({
    authenticatorId,
    step,
    sessionId,
    at,
  }: {
    authenticatorId: string;
    step: number;
    sessionId: string;
    at: Date;
  }): Judge =>
  (o) => {
    if (!stageAfter('confirm-app-code', effectiveStage(o, at))) return { refused: 'wrong-stage' };
    const { authenticator } = o;
    if (authenticator?.id !== authenticatorId) return { refused: 'code-spent' };
    if (step === authenticator.lastStep && sessionId === authenticator.lastSessionId) return 'already';
    if (step <= authenticator.lastStep) return { refused: 'code-spent' };
    return {
      event: { type: 'signed-in', actor: clinician(o), at, data: { factor: 'app' } },
      ...signedIn(o, sessionId),
      setInAuthenticator: { lastStep: step, lastSessionId: sessionId },
      told: true,
    };
  };

/** The secret that waits for its first code in a session, while it may. */
export function pendingIn(
  { pendingAuthenticator }: Onboarding,
  { sessionId, at }: { sessionId: string; at: Date },
  policy: Policy,
): PendingAuthenticator | undefined {
  if (pendingAuthenticator?.sessionId !== sessionId) return undefined;
  const ends = later(pendingAuthenticator.issuedAt, policy.authenticatorSetup);
  return at > ends ? undefined : pendingAuthenticator;
}

/** Why the password that was given again opens nothing, or undefined where it does. */
export function ownRefusal(
  o: Onboarding,
  action: ActionName,
  { from, at }: Pick<OwnPassword, 'from' | 'at'>,
): Refusal | undefined {
  if (!stageAfter(action, effectiveStage(o, at))) return { refused: 'wrong-stage' };
  return o.account?.passwordHash === from ? undefined : { refused: 'not-allowed' };
}

/** By another way than a text: the failures end, and so does a text that was asked for in the same session. */
export const signedIn = (o: Onboarding, sessionId: string): Pick<Step, 'set' | 'unset'> => ({
  set: { codeFailures: 0 },
  unset: [
    'lockedUntil',
    'locksInARow',
    ...(o.challenge?.sessionId === sessionId ? (['challenge', 'needsSupport'] as const) : []),
  ],
});

export const telling = (o: Onboarding, change: SignInChange): NonNullable<Step['notices']> => [
  { kind: 'sign-in-notice', to: o.email, change },
];
