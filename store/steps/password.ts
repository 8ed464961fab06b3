import { type ActionName, stageAfter } from '../actions.js';
import { effectiveStage } from '../deadlines.js';
import type { Onboarding } from '../facts.js';
import type { Policy } from '../policy.js';
import { withoutSessions } from './generations.js';
import { closeReset, linkRefusal, newLink, resetLink, withReset } from './links.js';
import { clinician, type Judge, later, type Step } from './step.js';

/** Somebody says that the password is lost: a link to the stored address, in place of any before. */
export const askForPasswordReset =
  ({ newLinkId, at }: { newLinkId: string; at: Date }, policy: Policy): Judge =>
  (o) => {
    if (!mayReset(o, 'ask-for-password-reset', at)) return { refused: 'wrong-stage' };
    const last = resetLink(o);
    if (last && at < later(last.issuedAt, policy.resendCooldown)) return 'already';
    const link = {
      ...newLink(newLinkId, 'password-reset', at),
      expiresAt: later(at, policy.resetLifetime),
    };
    return {
      event: { type: 'password-reset-requested', actor: clinician(o), at },
      set: withReset(closeReset(o, 'superseded'), link),
      notices: [{ kind: 'password-reset', to: o.email, linkId: link.id }],
    };
  };

/** The second factor, its failures and its lock stay as they are; so does an address that was not verified. */
export const resetPassword =
  ({ linkId, passwordHash, at }: { linkId: string; passwordHash: string; at: Date }): Judge =>
  (o) => {
    const refusal = linkRefusal(o, linkId, 'password-reset', at);
    if (refusal) return refusal;
    if (!o.account || !mayReset(o, 'reset-password', at)) return { refused: 'wrong-stage' };
    return {
      event: { type: 'password-reset', actor: clinician(o), at },
      ...withPassword(o, o.account, { passwordHash, closing: 'used' }),
    };
  };

export interface ChangeInput {
  /** The hash that the current password was checked against: another one since then refuses. */
  from: string;
  passwordHash: string;
  /** The session that goes on. */
  sessionId: string;
  at: Date;
}

export const changePassword =
  ({ from, passwordHash, sessionId, at }: ChangeInput): Judge =>
  (o) => {
    if (!o.account || !stageAfter('change-password', effectiveStage(o, at)))
      return { refused: 'wrong-stage' };
    if (o.account.passwordHash !== from) return { refused: 'not-allowed' };
    return {
      event: { type: 'password-changed', actor: clinician(o), at },
      ...withPassword(o, o.account, { passwordHash, closing: 'superseded', keptSession: sessionId }),
    };
  };

/**
 * By a reset a mailbox gets no more than the invitation gave it. Before the account has been opened, a password alone enrols a
 * phone: so only the mailbox that was invited has it reset. Once it has been opened, a number has to stand in the way.
 */
function mayReset(o: Onboarding, action: ActionName, at: Date): boolean {
  if (!stageAfter(action, effectiveStage(o, at))) return false;
  return o.stage === 'active' || !(o.activatedAt || o.addressCorrected);
}

/** Ends every session but the kept one by itself (see sessions.ts), and any link for a new password. */
function withPassword(
  o: Onboarding,
  account: NonNullable<Onboarding['account']>,
  { closing, ...password }: { passwordHash: string; keptSession?: string; closing: 'used' | 'superseded' },
): Pick<Step, 'set' | 'unset' | 'notices'> {
  return {
    set: {
      account: { ...withoutSessions(account), ...password },
      links: closeReset(o, closing),
    },
    unset: ['resetLinkId'],
    notices: [{ kind: 'password-changed', to: o.email }],
  };
}
