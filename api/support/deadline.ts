import { blockAt, effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import type { Policy } from '../../store/policy.js';

/** The next moment at which something ends for this person, in words and as an instant. */
export function deadlineOf(
  o: Onboarding,
  at: Date,
  policy: Policy,
): { words: `support.deadlines.${string}`; at: Date } | undefined {
  switch (effectiveStage(o, at)) {
    case 'invited':
      return { words: 'support.deadlines.answer-invitation', at: o.inviteBy };
    case 'verifying':
      return o.verifyBy
        ? { words: 'support.deadlines.verify-email', at: o.verifyBy }
        : { words: 'support.deadlines.mail-not-accepted', at: blockAt(o, policy) };
    case 'confirming':
    case 'active': {
      const { challenge } = o;
      if (!challenge || challenge.consumedAt || challenge.expiresAt < at) return undefined;
      return { words: 'support.deadlines.code-expires', at: challenge.expiresAt };
    }
    default:
      return undefined;
  }
}
