import { stageAfter } from '../actions.js';
import { type Onboarding, SERVICE, type Stage } from '../facts.js';
import type { Policy } from '../policy.js';
import { lastingAttempt } from './attempts.js';
import { type Judge, later, type Step, toStage } from './step.js';

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
export const erasure = (o: Onboarding, at: Date, policy: Policy): Pick<Step, 'set' | 'unset'> => ({
  set: {
    ...toStage('erased', at),
    email: '',
    invitedBy: { ...o.invitedBy, name: '' },
    links: [],
    notices: [],
    codeFailures: 0,
    attempt: ENDED.has(o.stage) ? o.attempt + 1 : lastingAttempt(o, at, policy),
    erasing: { email: o.email, ...(o.phone !== undefined && { phone: o.phone }) },
  },
  unset: PERSONAL,
});

/** Nobody needs the data of somebody who never came in for ever. */
export const eraseEnded =
  ({ asOf }: { asOf: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage === 'erased') return 'already';
    if (!stageAfter('erase-ended', o.stage) || asOf < eraseAt(o, policy)) return { refused: 'not-due' };
    return { ...erasure(o, asOf, policy), event: { type: 'erased', actor: SERVICE, at: asOf } };
  };

/** The workflow of a blocked person stays around for support first. */
function eraseAt({ stage, stageSince }: Onboarding, { blockedRetention, retainEnded }: Policy): Date {
  return later(stageSince, stage === 'blocked' ? blockedRetention + retainEnded : retainEnded);
}
