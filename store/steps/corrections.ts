import { leadsTo, stageAfter } from '../actions.js';
import { effectiveStage } from '../deadlines.js';
import type { Onboarding } from '../facts.js';
import type { Policy } from '../policy.js';
import { lastingAttempt } from './attempts.js';
import { generationAfter } from './generations.js';
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
 * One's own address, mistyped by whoever invited. The account stays, for its password was given; the links die; the new address
 * is verified anew. The first correction begins a new window, later ones keep it. The old address and the inviter are told.
 */
export const correctOwnEmail =
  (input: EmailInput, policy: Policy): Judge =>
  (o) => {
    const { email, newLinkId, at } = input;
    if (!leadsTo('correct-own-email', o, at)) return { refused: 'wrong-stage' };
    if (o.email === email) return { refused: 'same-email' };
    const corrections = (o.emailCorrections ?? 0) + 1;
    if (corrections > MOST_CORRECTIONS) return { refused: 'too-often' };
    const keepsWindow = o.stage === 'verifying' && corrections > 1;
    return {
      event: { type: 'email-corrected', actor: clinician(o), at },
      set: {
        email,
        emailSlot: email,
        ...withLink(linksBefore(o), newLink(newLinkId, 'verification', at)),
        emailCorrections: corrections,
        addressCorrected: true,
        ...(!keepsWindow && {
          ...toStage('verifying', at),
          dueAt: later(at, policy.unverifiedLimit + policy.blockGrace),
        }),
      },
      unset: [
        'needsSupport',
        'resetLinkId',
        ...(keepsWindow ? [] : (['verifyBy', 'verifiedAt', 'blockedAt', 'phone', 'challenge'] as const)),
      ],
      notices: addressChanged(o),
    };
  };

/** Everything that was done behind the invitation to the wrong address, by whoever reads it. */
const DONE_THERE = [
  'firstName',
  'lastName',
  'account',
  'terms',
  'disclaimer',
  'verifyBy',
  'verifiedAt',
  'blockedAt',
  'phone',
  'challenge',
  'authenticator',
  'pendingAuthenticator',
  'recoveryCodes',
  'lockedUntil',
  'locksInARow',
  'emailCorrections',
  'addressCorrected',
] as const satisfies readonly (keyof Onboarding)[];

/**
 * Somebody's address, corrected by staff: they are invited anew, for as long as anybody is. Staff know the address, and not who has
 * answered from the wrong one: an account that was begun there is void with all that belongs to it, or its password would open
 * what the right person verifies (docs/decisions/007).
 */
export function correctedByStaff(
  o: Onboarding,
  { email, newLinkId, at }: EmailInput,
  policy: Policy,
): Pick<Step, 'set' | 'unset' | 'notices'> {
  const inviteBy = later(at, policy.inviteExpiry);
  return {
    set: {
      email,
      emailSlot: email,
      ...toStage('invited', at),
      inviteBy,
      dueAt: later(inviteBy, policy.blockGrace),
      ...withLink(linksBefore(o), newLink(newLinkId, 'invitation', at)),
      attempt: lastingAttempt(o, at, policy),
      ...(o.account && {
        codeFailures: 0,
        voided: { at, generation: generationAfter(o.account) },
        keysEndedAt: at,
      }),
    },
    unset: ['needsSupport', 'resetLinkId', ...(o.account ? DONE_THERE : [])],
    notices: o.account ? addressChanged(o) : [],
  };
}

const linksBefore = (o: Onboarding) => closeLink({ ...o, links: closeReset(o, 'superseded') }, 'superseded');

const addressChanged = ({ email }: Onboarding): NonNullable<Step['notices']> => [
  { kind: 'address-changed', to: email },
  { kind: 'address-changed', to: 'inviter' },
];

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
