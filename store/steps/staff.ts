import { leadsTo, mayActOn, mayTake, type StaffActionName } from '../actions.js';
import type { Actor, Onboarding } from '../facts.js';
import type { Policy } from '../policy.js';
import { lastingAttempt } from './attempts.js';
import { correctedByStaff } from './corrections.js';
import { erasure } from './erasure.js';
import { withoutSessions } from './generations.js';
import { closeLink, closeReset, currentLink, lastMailAt, newLink, sentAgain, withLink } from './links.js';
import { type Judge, later, type Refusal, type Step, toStage } from './step.js';

/** What a member of staff decides about somebody's onboarding, and why. */
export type StaffAction =
  | { name: Exclude<StaffActionName, 'correct-email' | 'new-window'> }
  | { name: 'new-window'; newLinkId: string }
  | { name: 'correct-email'; newLinkId: string; email: string };

export interface StaffInput {
  action: StaffAction;
  actor: Actor;
  reason: string;
  at: Date;
}

/** All staff actions: who may, at which stage (`actions.ts`), and what it changes. */
export const staffAction =
  ({ action, actor, reason, at }: StaffInput, policy: Policy): Judge =>
  (o) => {
    if (!mayTake(action.name, actor) || !mayActOn(o.role, actor)) return { refused: 'not-allowed' };
    if (!leadsTo(action.name, o, at)) return { refused: 'wrong-stage' };
    const change = changeOf(o, action, at, policy);
    if ('refused' in change) return change;
    return { ...change, event: { type: EVENT_OF[action.name], actor, at }, reason };
  };

export const EVENT_OF = {
  resend: 'resent',
  'new-window': 'window-opened',
  'correct-email': 'email-corrected',
  unlock: 'unlocked',
  'correct-number': 'number-removed',
  revoke: 'revoked',
  suspend: 'suspended',
  reinstate: 'reinstated',
  erase: 'erased',
} as const satisfies Record<StaffActionName, string>;

type Change = Omit<Step, 'event'>;

/** These mail a link: no sooner after the last one than the person could ask for it. */
const MAILS = new Set<StaffActionName>(['resend', 'new-window', 'correct-email']);

function isTooSoon(o: Onboarding, name: StaffActionName, at: Date, policy: Policy): boolean {
  const mailedAt = MAILS.has(name) ? lastMailAt(o) : undefined;
  return mailedAt !== undefined && at < later(mailedAt, policy.resendCooldown);
}

function changeOf(o: Onboarding, action: StaffAction, at: Date, policy: Policy): Change | Refusal {
  if (action.name === 'correct-email' && action.email === o.email) return { refused: 'same-email' };
  if (isTooSoon(o, action.name, at, policy)) return { refused: 'too-soon' };
  switch (action.name) {
    case 'resend': {
      if (!currentLink(o)) return { refused: 'link-unknown' };
      return { set: { links: sentAgain(o, at) }, unset: ['needsSupport'] };
    }
    case 'new-window':
      return {
        set: {
          ...toStage('verifying', at),
          ...withLink(closeLink(o, 'superseded'), {
            ...newLink(action.newLinkId, 'verification', at),
            reopened: true,
          }),
          dueAt: later(at, policy.unverifiedLimit + policy.blockGrace),
          attempt: lastingAttempt(o, at, policy),
        },
        unset: ['verifyBy', 'blockedAt', 'needsSupport'],
      };
    case 'correct-email':
      return correctedByStaff(o, { email: action.email, newLinkId: action.newLinkId, at }, policy);
    case 'unlock':
      return { set: { codeFailures: 0 }, unset: ['lockedUntil', 'locksInARow'] };
    case 'correct-number':
      return {
        set: {
          ...toStage('enrolling', at),
          links: closeReset(o, 'superseded'),
          codeFailures: 0,
          ...(o.account && { account: withoutSessions(o.account) }),
          ...(o.stage === 'active' && { attempt: o.attempt + 1 }),
        },
        // The phone is gone, and so is what was on it; what lay beside it may be. So is what was guessed at.
        unset: [
          'phone',
          'challenge',
          'needsSupport',
          'resetLinkId',
          'authenticator',
          'pendingAuthenticator',
          'recoveryCodes',
          'lockedUntil',
          'locksInARow',
        ],
      };
    case 'revoke':
      return {
        set: { ...toStage('revoked', at), links: closeLink(o, 'expired') },
        unset: ['emailSlot', 'dueAt', 'needsSupport'],
        notices: [{ kind: 'invitation-revoked', to: 'inviter' }],
      };
    case 'suspend':
      return {
        set: {
          ...toStage('suspended', at),
          links: closeReset(o, 'expired'),
          ...(o.account && { account: withoutSessions(o.account) }),
          keysEndedAt: at,
        },
        unset: ['challenge', 'resetLinkId', 'pendingAuthenticator'],
      };
    case 'reinstate':
      return { set: toStage('active', at) };
    case 'erase':
      return erasure(o, { at, asked: true }, policy);
  }
}
