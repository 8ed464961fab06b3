import { mayActOn, mayTake, type StaffActionName, stageAfter } from '../actions.js';
import { type Actor, effectiveStage, type Onboarding } from '../facts.js';
import type { Policy } from '../policy.js';
import { lastingAttempt } from './attempts.js';
import { correctedEmail } from './corrections.js';
import { erasure } from './erasure.js';
import { closeLink, closeReset, currentLink, newLink, sentAgain, withLink } from './links.js';
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
    if (!stageAfter(action.name, effectiveStage(o, at))) return { refused: 'wrong-stage' };
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

function changeOf(o: Onboarding, action: StaffAction, at: Date, policy: Policy): Change | Refusal {
  switch (action.name) {
    case 'resend': {
      const link = currentLink(o);
      if (!link) return { refused: 'link-unknown' };
      if (at < later(link.lastSendAt, policy.resendCooldown)) return { refused: 'too-soon' };
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
    case 'correct-email': {
      const { email, newLinkId } = action;
      if (o.email === email) return { refused: 'same-email' };
      const correction = correctedEmail(o, { email, newLinkId, at }, policy, false);
      return { ...correction, set: { ...correction.set, attempt: lastingAttempt(o, at, policy) } };
    }
    case 'unlock':
      return { set: { codeFailures: 0 }, unset: ['lockedUntil'] };
    case 'correct-number':
      return {
        set: {
          ...toStage('enrolling', at),
          links: closeReset(o, 'superseded'),
          ...(o.stage === 'active' && { attempt: o.attempt + 1 }),
        },
        // The phone is gone, and so is what was on it; what lay beside it may be.
        unset: [
          'phone',
          'challenge',
          'needsSupport',
          'resetLinkId',
          'authenticator',
          'pendingAuthenticator',
          'recoveryCodes',
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
        set: { ...toStage('suspended', at), links: closeReset(o, 'expired') },
        unset: ['challenge', 'resetLinkId', 'pendingAuthenticator'],
      };
    case 'reinstate':
      return { set: toStage('active', at) };
    case 'erase':
      return erasure(o, at, policy);
  }
}
