import type { Actor, Challenge, EventType, Link, LinkPurpose, Onboarding, Problem, Stage } from './facts.js';
import { effectiveStage, SERVICE } from './facts.js';
import type { Policy } from './policy.js';

/**
 * The decisions: what each action makes of an onboarding, as pure functions. `onboardings.ts` carries a decision out as one
 * conditional write; whoever loses a race is judged again on what the winner left.
 */
export type Verdict = Step | Refusal | 'already';

/** What one write changes, and the event that it pushes. `linkId: undefined` in `set` is not a thing: use `unset`. */
export interface Step {
  event: { type: EventType; actor: Actor; at: Date; data?: Record<string, string | number> };
  set: Partial<Onboarding>;
  unset?: readonly (keyof Onboarding)[];
  /** The workflow knows of a step that it asked for itself. */
  told?: boolean;
}

export type RefusalCode =
  | 'link-used'
  | 'link-superseded'
  | 'link-expired'
  | 'link-unknown'
  | 'wrong-stage'
  | 'not-due'
  | 'not-confirmed'
  | 'too-soon'
  | 'code-spent'
  | 'code-expired';

export interface Refusal {
  refused: RefusalCode;
}

export type Judge = (onboarding: Onboarding) => Verdict;

/** Links kept in the document, so that an old one is recognised and answered. */
const LINKS_KEPT = 12;

export interface AccountInput {
  linkId: string;
  passwordHash: string;
  firstName: string;
  lastName: string;
  terms: { version: string; digest: string };
  newLinkId: string;
  /** When the request was received. */
  at: Date;
}

export const createAccount =
  (input: AccountInput, policy: Policy): Judge =>
  (o) => {
    const refusal = linkRefusal(o, input.linkId, 'invitation', input.at);
    if (refusal) return refusal;
    if (o.stage !== 'invited') return { refused: 'wrong-stage' };
    const { at } = input;
    return {
      event: { type: 'account-created', actor: clinician(o), at, data: { terms: input.terms.version } },
      set: {
        ...toStage('verifying', at),
        account: { passwordHash: input.passwordHash, createdAt: at },
        terms: { ...input.terms, acceptedAt: at },
        firstName: input.firstName,
        lastName: input.lastName,
        ...withLink(closeLink(o, 'used'), newLink(input.newLinkId, 'verification', at)),
        dueAt: later(at, policy.unverifiedLimit + policy.blockGrace),
      },
      unset: ['needsSupport'],
    };
  };

/** Also that of a reminder: a person who got one needs no help any more. Reported twice it is one event. */
export const acceptInvitationMail =
  ({ linkId, at }: { linkId: string; at: Date }): Judge =>
  (o) => {
    const link = o.links.find(({ id }) => id === linkId);
    if (!link || o.stage !== 'invited' || o.linkId !== linkId) return 'already';
    if (link.acceptedAt && !o.needsSupport) return 'already';
    const accepted = { acceptedAt: at, ...link };
    return {
      event: { type: 'invitation-mail-accepted', actor: SERVICE, at },
      set: { links: o.links.map((each) => (each === link ? accepted : each)) },
      unset: ['needsSupport'],
      told: true,
    };
  };

/** The 24 hours begin. A late acceptance of a superseded mail starts nothing. */
export const acceptVerificationMail =
  ({ linkId, at }: { linkId: string; at: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage !== 'verifying' || o.linkId !== linkId) return 'already';
    // A later mail moves no deadline, but a refusal of one before it is no problem any more.
    if (o.verifyBy && !o.needsSupport) return 'already';
    const verifyBy = o.verifyBy ?? later(at, policy.verifyWindow);
    return {
      event: { type: 'verification-mail-accepted', actor: SERVICE, at },
      set: { verifyBy, dueAt: later(verifyBy, policy.blockGrace) },
      unset: ['needsSupport'],
      told: true,
    };
  };

export const verifyEmail =
  ({ linkId, at }: { linkId: string; at: Date }): Judge =>
  (o) => {
    const refusal = linkRefusal(o, linkId, 'verification', at);
    if (refusal) return refusal;
    if (o.stage !== 'verifying') return { refused: 'wrong-stage' };
    return {
      event: { type: 'email-verified', actor: clinician(o), at },
      set: { ...toStage('enrolling', at), verifiedAt: at, links: closeLink(o, 'used') },
      unset: ['linkId', 'dueAt', 'needsSupport'],
    };
  };

/** @param asOf workflow time: a timer that rang is not argued with, whatever this machine's clock says. */
export const block =
  ({ asOf }: { asOf: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage !== 'verifying') return 'already';
    if (asOf < blockAt(o, policy)) return { refused: 'not-due' };
    return {
      event: { type: 'blocked', actor: SERVICE, at: asOf },
      set: { ...toStage('blocked', asOf), blockedAt: asOf, links: closeLink(o, 'expired') },
      unset: ['dueAt'],
      told: true,
    };
  };

export const expireInvite =
  ({ asOf }: { asOf: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage !== 'invited') return 'already';
    if (asOf < later(o.inviteBy, policy.blockGrace)) return { refused: 'not-due' };
    return {
      event: { type: 'invitation-expired', actor: SERVICE, at: asOf },
      set: { ...toStage('expired', asOf), links: closeLink(o, 'expired') },
      unset: ['emailSlot', 'dueAt'],
      told: true,
    };
  };

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
    if (o.stage !== 'enrolling' && o.stage !== 'confirming') return { refused: 'wrong-stage' };
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
    if (o.stage !== 'active' || !o.phone) return { refused: 'wrong-stage' };
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
    if ((o.stage !== 'confirming' && o.stage !== 'active') || !o.phone) return { refused: 'wrong-stage' };
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
    const next = reusable
      ? { ...challenge, sends: challenge.sends + 1, lastSendAt: input.at }
      : newChallenge(input, { number: o.phone, purpose }, policy);
    return {
      event: { type: 'code-sent-again', actor: clinician(o), at: input.at },
      set: { challenge: next },
      unset: ['needsSupport'],
    };
  };

/** The verification mail once more, with the same link. Never moves the deadline. */
export const sendVerificationAgain =
  ({ at }: { at: Date }, policy: Policy): Judge =>
  (o) => {
    if (effectiveStage(o, at) !== 'verifying') return { refused: 'wrong-stage' };
    const link = o.links.find(({ id }) => id === o.linkId);
    if (!link) return { refused: 'link-unknown' };
    if (at < later(link.lastSendAt, policy.resendCooldown)) return { refused: 'too-soon' };
    return {
      event: { type: 'verification-mail-requested', actor: clinician(o), at },
      set: {
        links: o.links.map((each) =>
          each === link ? { ...link, sends: link.sends + 1, lastSendAt: at } : each,
        ),
      },
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
        type: challenge.purpose === 'enrolment' ? 'code-confirmed' : 'signed-in',
        actor: clinician(o),
        at,
      },
      set: { challenge: { ...challenge, consumedAt: at }, codeFailures: 0 },
      unset: ['lockedUntil', 'needsSupport'],
      ...(challenge.purpose === 'sign-in' && { told: true }),
    };
  };

/** Unlocks the dashboard: only on a consumed challenge for exactly this number. */
export const activate =
  ({ at }: { at: Date }): Judge =>
  (o) => {
    if (o.stage === 'active') return 'already';
    if (o.stage !== 'confirming') return { refused: 'wrong-stage' };
    if (!isPhoneProven(o)) return { refused: 'not-confirmed' };
    return {
      event: { type: 'activated', actor: SERVICE, at },
      set: { ...toStage('active', at), activatedAt: at },
      unset: ['dueAt', 'needsSupport'],
      told: true,
    };
  };

export const acknowledgeDisclaimer =
  ({ version, digest, at }: { version: string; digest: string; at: Date }): Judge =>
  (o) => {
    if (o.stage !== 'active') return { refused: 'wrong-stage' };
    if (o.disclaimer?.version === version) return 'already';
    return {
      event: { type: 'disclaimer-acknowledged', actor: clinician(o), at, data: { version } },
      set: { disclaimer: { version, digest, acknowledgedAt: at } },
      told: true,
    };
  };

/** The provider took the text after all. Worth a step only where support had been told. */
export const acceptText =
  ({ challengeId, at }: { challengeId: string; at: Date }): Judge =>
  (o) => {
    if (o.needsSupport?.problem !== 'text-undeliverable' || o.challenge?.id !== challengeId) return 'already';
    return {
      event: { type: 'text-accepted', actor: SERVICE, at },
      set: {},
      unset: ['needsSupport'],
      told: true,
    };
  };

/** A message cannot be brought to this person. `about` is its link or challenge; a superseded one is no problem any more. */
export const noteProblem =
  ({ problem, about, at }: { problem: Problem; about: string; at: Date }): Judge =>
  (o) => {
    if (o.needsSupport?.problem === problem) return 'already';
    if (o.linkId !== about && (o.challenge?.id !== about || o.challenge.consumedAt)) return 'already';
    return {
      event: { type: 'needs-support', actor: SERVICE, at, data: { problem } },
      set: { needsSupport: { problem, since: at } },
      told: true,
    };
  };

/** A code was consumed for exactly the number that stands in the document. */
export const isPhoneProven = ({ challenge, phone }: Onboarding): boolean =>
  challenge?.purpose === 'enrolment' && challenge.consumedAt !== undefined && challenge.number === phone;

/** When the block is due: after the verification deadline, or long after creation where no mail was ever accepted. */
export function blockAt(o: Onboarding, policy: Policy): Date {
  const deadline = o.verifyBy ?? later(o.account?.createdAt ?? o.stageSince, policy.unverifiedLimit);
  return later(deadline, policy.blockGrace);
}

export const later = (at: Date, milliseconds: number): Date => new Date(at.getTime() + milliseconds);

/** Why a link does not count (any more), or undefined where it does. */
export function linkRefusal(
  o: Onboarding,
  linkId: string,
  purpose: LinkPurpose,
  at: Date,
): Refusal | undefined {
  const link = o.links.find((candidate) => candidate.id === linkId && candidate.purpose === purpose);
  if (!link) return { refused: 'link-unknown' };
  if (link.outcome) return { refused: `link-${link.outcome}` };
  if (o.linkId !== linkId) return { refused: 'link-superseded' };
  const stage = effectiveStage(o, at);
  if (stage === 'expired' || stage === 'blocked') return { refused: 'link-expired' };
  return undefined;
}

const clinician = (o: Onboarding): Actor => ({ kind: 'clinician', id: o._id });

const toStage = (stage: Stage, at: Date) => ({ stage, stageSince: at });

function closeLink(o: Onboarding, outcome: NonNullable<Link['outcome']>): Link[] {
  return o.links.map((link) => (link.id === o.linkId ? { ...link, outcome } : link));
}

export const newLink = (id: string, purpose: LinkPurpose, at: Date): Link => ({
  id,
  purpose,
  issuedAt: at,
  sends: 1,
  lastSendAt: at,
});

const withLink = (links: Link[], link: Link) => ({
  links: [...links, link].slice(-LINKS_KEPT),
  linkId: link.id,
});

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
