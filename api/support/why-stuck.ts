import { type StaffActionName, stageAfter } from '../../store/actions.js';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import type { Message } from '../../store/messages.js';
import { isPhoneProven, later } from '../../store/steps.js';
import { lockedUntil } from '../../store/tries.js';

/** Everything that can hold somebody up, the first that applies first, and what support can do about it. */
const SUGGESTIONS = {
  'invitation-revoked': 'invite-again',
  'invitation-expired': 'invite-again',
  suspended: 'reinstate',
  'blocked-mail-never-accepted': 'correct-email',
  'blocked-not-verified': 'new-window',
  'mail-refused': 'correct-email',
  'mail-waiting': 'check-mail-server',
  'text-refused': 'correct-number',
  'text-waiting': 'check-text-provider',
  'code-locked': 'unlock',
  'not-told': 'check-worker',
  'not-begun': 'check-worker',
  overdue: 'check-worker',
  'not-unlocked': 'check-worker',
  'code-spent': 'send-again-themselves',
  'code-expired': 'send-again-themselves',
} as const satisfies Record<string, Suggestion>;

export type StuckReason = keyof typeof SUGGESTIONS;

/** An action that is possible now, or advice where none of them helps. */
export type Suggestion =
  | StaffActionName
  | 'invite-again'
  | 'check-mail-server'
  | 'check-text-provider'
  | 'check-worker'
  | 'send-again-themselves';

export const STUCK_REASONS = Object.keys(SUGGESTIONS) as StuckReason[];

export const suggestionFor = (reason: StuckReason): Suggestion => SUGGESTIONS[reason];

export interface Stuck {
  reason: StuckReason;
  suggestion: Suggestion;
  since: Date;
  /** When it ends by itself. */
  until?: Date;
  /** What the provider answered last. */
  failure?: string;
}

export interface StuckFacts {
  onboarding: Onboarding;
  /** All messages, newest first. */
  messages: readonly Message[];
  at: Date;
}

/** A message, a nudge or an activation takes moments; after these something is wrong. Milliseconds. */
const WAITS_TOO_LONG = 60_000;

/** Why somebody gets no further, or undefined where nothing is wrong and it is for them to go on. */
export function whyStuck({ onboarding: o, messages, at }: StuckFacts): Stuck | undefined {
  const stage = effectiveStage(o, at);
  const stuck = (reason: StuckReason, since: Date, more: Pick<Stuck, 'until' | 'failure'> = {}): Stuck => ({
    reason,
    suggestion: suggestionFor(reason),
    since,
    ...more,
  });
  const longAgo = (moment: Date | undefined): moment is Date =>
    moment !== undefined && at >= later(moment, WAITS_TOO_LONG);

  switch (stage) {
    case 'erased':
      return undefined;
    case 'revoked':
      return stuck('invitation-revoked', o.stageSince);
    case 'expired':
      return stuck('invitation-expired', o.inviteBy);
    case 'suspended':
      return stuck('suspended', o.stageSince);
    case 'blocked':
      return o.verifyBy
        ? stuck('blocked-not-verified', o.blockedAt ?? o.verifyBy)
        : stuck('blocked-mail-never-accepted', o.blockedAt ?? o.dueAt ?? o.stageSince);
  }

  const asked = askedFor(o);
  const sent = messages.filter(({ about }) => about === asked?.id);
  const newest = sent[0];
  const failure = newest?.failure === undefined ? {} : { failure: newest.failure };
  if (newest?.state === 'failed') {
    return stuck(newest.channel === 'mail' ? 'mail-refused' : 'text-refused', newest.createdAt, failure);
  }
  const alive = asked && !(asked.expiresAt && asked.expiresAt < at);
  if (alive && newest?.state === 'queued' && longAgo(newest.createdAt)) {
    return stuck(newest.channel === 'mail' ? 'mail-waiting' : 'text-waiting', newest.createdAt, failure);
  }
  const until = stageAfter('unlock', stage) && lockedUntil(o, at);
  if (until) return stuck('code-locked', o.challenge?.lastSendAt ?? o.stageSince, { until });
  if (longAgo(o.untoldSince)) return stuck('not-told', o.untoldSince);
  if (longAgo(o.dueAt)) return stuck('overdue', o.dueAt);
  const begun = sent.filter(({ kind }) => ASKED_FOR.has(kind)).length;
  if (alive && begun < asked.sends && longAgo(asked.lastSendAt)) return stuck('not-begun', asked.lastSendAt);
  if (stage !== 'confirming') return undefined;

  const { challenge } = o;
  if (isPhoneProven(o)) {
    const since = challenge?.consumedAt;
    return longAgo(since) ? stuck('not-unlocked', since) : undefined;
  }
  if (challenge?.triesLeft === 0) return stuck('code-spent', challenge.lastSendAt);
  if (challenge && challenge.expiresAt < at) return stuck('code-expired', challenge.expiresAt);
  return undefined;
}

/** Kinds that go out once each time they are asked for; reminders come on their own. */
const ASKED_FOR = new Set(['invitation', 'verification', 'new-window', 'code']);

/** The link or unused code that the stage is about. A message about an older one holds nobody up. */
function askedFor(
  o: Onboarding,
): { id: string; sends: number; lastSendAt: Date; expiresAt?: Date } | undefined {
  const { stage, challenge, links, linkId } = o;
  if (stage === 'invited' || stage === 'verifying') return links.find(({ id }) => id === linkId);
  if (stage !== 'confirming' && stage !== 'active') return undefined;
  return challenge?.consumedAt ? undefined : challenge;
}
