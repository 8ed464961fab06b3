import { stageAfter } from '../actions.js';
import { type Onboarding, SERVICE, type Stage } from '../facts.js';
import type { Policy } from '../policy.js';
import { lastingAttempt } from './attempts.js';
import { type Judge, later, type Step, toStage } from './step.js';

interface Erasing {
  at: Date;
  /** Whether somebody asked for it: then everything goes that the address leads to, else this document and what is its own. */
  asked: boolean;
}

/** Everything that tells something of the person. Ids, stage, `seq` and what the audit trail lacks are left. */
const PERSONAL = [
  'emailSlot',
  'firstName',
  'lastName',
  'message',
  'account',
  'terms',
  'disclaimer',
  'phone',
  'challenge',
  'authenticator',
  'pendingAuthenticator',
  'recoveryCodes',
  'linkId',
  'resetLinkId',
  'dueAt',
  'verifyBy',
  'verifiedAt',
  'blockedAt',
  'activatedAt',
  'lockedUntil',
  'locksInARow',
  'emailCorrections',
  'addressCorrected',
  'askedAt',
  'needsSupport',
  'reasons',
  'requestHash',
  'chatMails',
] as const satisfies readonly (keyof Onboarding)[];

/** At these the workflow is over. */
const ENDED = new Set<Stage>(['active', 'suspended', 'expired', 'revoked']);

/** Empties the document. The workflow erases what is left elsewhere: another one where it has ended or is about to. */
export const erasure = (
  o: Onboarding,
  { at, asked }: Erasing,
  policy: Policy,
): Pick<Step, 'set' | 'unset'> => ({
  set: {
    ...toStage('erased', at),
    email: '',
    invitedBy: { ...o.invitedBy, name: '' },
    links: [],
    notices: [],
    codeFailures: 0,
    attempt: ENDED.has(o.stage) ? o.attempt + 1 : lastingAttempt(o, at, policy),
    erasing: {
      email: o.email,
      ...(o.phone !== undefined && { phone: o.phone }),
      ...(!asked && { unasked: true }),
    },
  },
  unset: PERSONAL,
});

/** Nobody needs the data of somebody who never came in for ever. */
export const eraseEnded =
  ({ asOf }: { asOf: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage === 'erased') return 'already';
    if (!isErasureDue(o, asOf, policy)) return { refused: 'not-due' };
    return {
      ...erasure(o, { at: asOf, asked: false }, policy),
      event: { type: 'erased', actor: SERVICE, at: asOf },
    };
  };

/** An invitation that ended earlier, of somebody who has been erased: it goes with them. @param of whose erasure was asked for */
export const eraseAlong =
  ({ of, at }: { of: string; at: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage === 'erased') return 'already';
    if (!stageAfter('erase-along', o.stage)) return { refused: 'wrong-stage' };
    return {
      ...erasure(o, { at, asked: false }, policy),
      event: { type: 'erased', actor: SERVICE, at, data: { of } },
    };
  };

/** Whether nothing is kept for their sake any more at that moment. */
export function isErasureDue(o: Onboarding, at: Date, policy: Policy): boolean {
  const due = stageAfter('erase-ended', o.stage) && eraseAt(o, policy);
  return due !== undefined && at >= due;
}

/** From when on nothing is kept for their sake; undefined where only somebody's decision ends it. */
function eraseAt(o: Onboarding, { blockedRetention, retainEnded }: Policy): Date | undefined {
  // Whoever has been in before, and is to confirm another number, is no stranger.
  if (o.activatedAt) return undefined;
  switch (o.stage) {
    case 'blocked':
      // Their workflow stays around for support first.
      return later(o.stageSince, blockedRetention + retainEnded);
    case 'enrolling':
    case 'confirming':
      return later(o.challenge?.lastSendAt ?? o.stageSince, retainEnded);
    default:
      return later(o.stageSince, retainEnded);
  }
}
