import { stageAfter } from '../actions.js';
import { effectiveStage } from '../deadlines.js';
import type { Policy } from '../policy.js';
import { closeLink, currentLink, linkRefusal, newLink, sentAgain, withLink } from './links.js';
import { clinician, type Judge, later, toStage } from './step.js';

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
    if (!stageAfter('create-account', o.stage)) return { refused: 'wrong-stage' };
    const { at } = input;
    return {
      event: { type: 'account-created', actor: clinician(o), at, data: { terms: input.terms.version } },
      set: {
        ...toStage('verifying', at),
        account: {
          passwordHash: input.passwordHash,
          createdAt: at,
          ...(o.voided && { generation: o.voided.generation }),
        },
        terms: { ...input.terms, acceptedAt: at },
        firstName: input.firstName,
        lastName: input.lastName,
        ...withLink(closeLink(o, 'used'), newLink(input.newLinkId, 'verification', at)),
        dueAt: later(at, policy.unverifiedLimit + policy.blockGrace),
      },
      unset: ['needsSupport'],
    };
  };

/** The verification mail once more, with the same link. Never moves the deadline. */
export const sendVerificationAgain =
  ({ at }: { at: Date }, policy: Policy): Judge =>
  (o) => {
    if (!stageAfter('send-verification-again', effectiveStage(o, at))) return { refused: 'wrong-stage' };
    const link = currentLink(o);
    if (!link) return { refused: 'link-unknown' };
    if (at < later(link.lastSendAt, policy.resendCooldown)) return { refused: 'too-soon' };
    return {
      event: { type: 'verification-mail-requested', actor: clinician(o), at },
      set: { links: sentAgain(o, at) },
    };
  };

export const verifyEmail =
  ({ linkId, at }: { linkId: string; at: Date }): Judge =>
  (o) => {
    const refusal = linkRefusal(o, linkId, 'verification', at);
    if (refusal) return refusal;
    if (!stageAfter('verify-email', o.stage)) return { refused: 'wrong-stage' };
    return {
      event: { type: 'email-verified', actor: clinician(o), at },
      set: { ...toStage('enrolling', at), verifiedAt: at, links: closeLink(o, 'used') },
      unset: ['linkId', 'dueAt', 'needsSupport'],
    };
  };

export const acknowledgeDisclaimer =
  ({ version, digest, at }: { version: string; digest: string; at: Date }): Judge =>
  (o) => {
    if (!stageAfter('acknowledge-disclaimer', o.stage)) return { refused: 'wrong-stage' };
    if (o.disclaimer?.version === version) return 'already';
    return {
      event: { type: 'disclaimer-acknowledged', actor: clinician(o), at, data: { version } },
      set: { disclaimer: { version, digest, acknowledgedAt: at } },
      told: true,
    };
  };
