import { stageAfter } from '../actions.js';
import { type Challenge, type Onboarding, SERVICE } from '../facts.js';
import type { Policy } from '../policy.js';
import { telling } from './authenticator.js';
import { clinician, type Judge, later, toStage } from './step.js';

export interface ChallengeInput {
  challengeId: string;
  codeHash: string;
  sessionId: string;
  at: Date;
}

/** The number, and a code on its way to it. Entering it again before the code is confirmed replaces both. */
export const enterNumber =
  (input: ChallengeInput & { number: string }, policy: Policy): Judge =>
  (o) => {
    if (!stageAfter('enter-number', o.stage)) return { refused: 'wrong-stage' };
    if (o.challenge?.consumedAt) return { refused: 'code-spent' };
    return {
      event: { type: 'number-entered', actor: clinician(o), at: input.at },
      set: {
        ...(o.stage === 'enrolling' ? toStage('confirming', input.at) : {}),
        phone: input.number,
        challenge: newChallenge(input, { number: input.number, purpose: 'enrolment' }, policy),
      },
      unset: ['needsSupport'],
    };
  };

export const requestSignInCode =
  (input: ChallengeInput, policy: Policy): Judge =>
  (o) => {
    if (!stageAfter('request-sign-in-code', o.stage) || !o.phone) return { refused: 'wrong-stage' };
    return {
      event: { type: 'sign-in-code-requested', actor: clinician(o), at: input.at },
      set: { challenge: newChallenge(input, { number: o.phone, purpose: 'sign-in' }, policy) },
    };
  };

/**
 * "Send again": the same code once more while it is unconsumed, has tries and enough life left and belongs to this session;
 * else a new challenge. Not sooner than the cooldown allows.
 */
export const sendCodeAgain =
  (input: ChallengeInput, policy: Policy): Judge =>
  (o) => {
    const purpose = o.stage === 'active' ? 'sign-in' : 'enrolment';
    if (!stageAfter('send-code-again', o.stage) || !o.phone) return { refused: 'wrong-stage' };
    if (isPhoneProven(o) && o.stage === 'confirming') return { refused: 'code-spent' };
    const { challenge } = o;
    const mine = challenge?.sessionId === input.sessionId && challenge.purpose === purpose;
    if (challenge && mine && input.at < later(challenge.lastSendAt, policy.resendCooldown)) {
      return { refused: 'too-soon' };
    }
    const reusable =
      mine &&
      !challenge.consumedAt &&
      challenge.triesLeft > 0 &&
      challenge.number === o.phone &&
      challenge.expiresAt >= later(input.at, policy.codeReuse);
    return {
      event: {
        // Whoever has an app signs in without a text until they ask for one; past a limit none went out before either.
        type: mine || purpose === 'enrolment' ? 'code-sent-again' : 'sign-in-code-requested',
        actor: clinician(o),
        at: input.at,
      },
      ...(reusable
        ? { set: {}, setInChallenge: { sends: challenge.sends + 1, lastSendAt: input.at } }
        : { set: { challenge: newChallenge(input, { number: o.phone, purpose }, policy) } }),
      unset: ['needsSupport'],
    };
  };

/** Comes after the try was counted and the code compared: of all who got it right, one consumes it. */
export const consumeCode =
  ({ challengeId, sessionId, at }: { challengeId: string; sessionId: string; at: Date }): Judge =>
  (o) => {
    const { challenge } = o;
    if (challenge?.id !== challengeId || challenge.sessionId !== sessionId) return { refused: 'code-spent' };
    if (challenge.consumedAt) return 'already';
    if (at > challenge.expiresAt) return { refused: 'code-expired' };
    if (o.stage !== (challenge.purpose === 'enrolment' ? 'confirming' : 'active'))
      return { refused: 'wrong-stage' };
    return {
      event: {
        actor: clinician(o),
        at,
        ...(challenge.purpose === 'enrolment'
          ? { type: 'code-confirmed' }
          : { type: 'signed-in', data: { factor: 'text' } }),
      },
      set: { codeFailures: 0 },
      setInChallenge: { consumedAt: at },
      unset: ['lockedUntil', 'locksInARow', 'needsSupport'],
      ...(challenge.purpose === 'sign-in' && { told: true }),
    };
  };

/**
 * Too many wrong codes in a row, whatever they were from: none counts for a while, and after each lock in a row for twice as
 * long as before. Whoever has been in before is told, for somebody else may have the password.
 */
export const lockCodes =
  ({ at }: { at: Date }, policy: Policy): Judge =>
  (o) => {
    if (!stageAfter('lock-codes', o.stage)) return { refused: 'wrong-stage' };
    if (o.lockedUntil) return 'already';
    if (o.codeFailures < policy.codeFailureCap) return { refused: 'not-due' };
    const before = o.locksInARow ?? 0;
    const locksInARow = before + 1;
    return {
      event: { type: 'codes-locked', actor: SERVICE, at, data: { locksInARow } },
      set: { lockedUntil: later(at, policy.codeLock * 2 ** before), locksInARow },
      only: { codeFailures: o.codeFailures },
      ...(o.activatedAt && { notices: telling(o, 'codes-locked') }),
    };
  };

/** A code was consumed for exactly the number that stands in the document. */
export const isPhoneProven = ({ challenge, phone }: Onboarding): boolean =>
  challenge?.purpose === 'enrolment' && challenge.consumedAt !== undefined && challenge.number === phone;

function newChallenge(
  input: ChallengeInput,
  { number, purpose }: Pick<Challenge, 'number' | 'purpose'>,
  policy: Policy,
): Challenge {
  return {
    id: input.challengeId,
    purpose,
    codeHash: input.codeHash,
    number,
    sessionId: input.sessionId,
    issuedAt: input.at,
    expiresAt: later(input.at, policy.codeLifetime),
    sends: 1,
    lastSendAt: input.at,
    triesLeft: policy.codeTries,
  };
}
