import { stageAfter } from '../actions.js';
import { effectiveStage, type Onboarding } from '../facts.js';
import type { Policy } from '../policy.js';
import { closeLink, closeReset, newLink, withLink } from './links.js';
import { clinician, type Judge, later, type Step, toStage } from './step.js';

/** Corrections of one's own address: more than a few are no slips of the keyboard. */
const MOST_CORRECTIONS = 3;

export interface EmailInput {
  /** In its canonical form. */
  email: string;
  newLinkId: string;
  at: Date;
}

/**
 * One's own address, mistyped by whoever invited. The account stays; the links die; the new address is verified anew. The first
 * correction begins a new window, later ones keep it. The old address and the inviter are told.
 */
export const correctOwnEmail =
  (input: EmailInput, policy: Policy): Judge =>
  (o) => {
    if (!stageAfter('correct-own-email', effectiveStage(o, input.at))) return { refused: 'wrong-stage' };
    if (o.email === input.email) return { refused: 'same-email' };
    const corrections = (o.emailCorrections ?? 0) + 1;
    if (corrections > MOST_CORRECTIONS) return { refused: 'too-often' };
    const keepsWindow = o.stage === 'verifying' && corrections > 1;
    const correction = correctedEmail(o, input, policy, keepsWindow);
    return {
      ...correction,
      event: { type: 'email-corrected', actor: clinician(o), at: input.at },
      set: { ...correction.set, emailCorrections: corrections },
    };
  };

/** The part of a correction that does not depend on who makes it. The invitation of somebody without an account is mailed anew. */
export function correctedEmail(
  o: Onboarding,
  { email, newLinkId, at }: EmailInput,
  policy: Policy,
  keepsWindow: boolean,
): Pick<Step, 'set' | 'unset' | 'notices'> {
  const purpose = o.account ? 'verification' : 'invitation';
  const verifying = o.account && !keepsWindow;
  return {
    set: {
      email,
      emailSlot: email,
      ...withLink(
        closeLink({ ...o, links: closeReset(o, 'superseded') }, 'superseded'),
        newLink(newLinkId, purpose, at),
      ),
      ...(o.account && { addressCorrected: true as const }),
      ...(verifying && {
        ...toStage('verifying', at),
        dueAt: later(at, policy.unverifiedLimit + policy.blockGrace),
      }),
    },
    unset: [
      'needsSupport',
      'resetLinkId',
      ...(verifying ? (['verifyBy', 'verifiedAt', 'blockedAt', 'phone', 'challenge'] as const) : []),
    ],
    notices: o.account
      ? [
          { kind: 'address-changed', to: o.email },
          { kind: 'address-changed', to: 'inviter' },
        ]
      : [],
  };
}

/** Who found the invitation run out asks for another: the inviter is told, once a day at most. */
export const askForNewLink =
  ({ at }: { at: Date }, policy: Policy): Judge =>
  (o) => {
    if (!stageAfter('ask-for-new-link', effectiveStage(o, at))) return { refused: 'wrong-stage' };
    if (o.askedAt && at < later(o.askedAt, policy.askAgainCooldown)) return 'already';
    return {
      event: { type: 'new-link-requested', actor: clinician(o), at },
      set: { askedAt: at },
      notices: [{ kind: 'invitation-requested', to: 'inviter' }],
    };
  };
