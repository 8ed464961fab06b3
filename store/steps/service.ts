import { blockAt } from '../deadlines.js';
import { type Problem, SERVICE } from '../facts.js';
import type { Policy } from '../policy.js';
import { isPhoneProven } from './codes.js';
import { closeLink } from './links.js';
import { type Judge, later, toStage } from './step.js';

/** Also that of a reminder: a person who got one needs no help any more. Reported twice it is one event. */
export const acceptInvitationMail =
  ({ linkId, at }: { linkId: string; at: Date }): Judge =>
  (o) => {
    const link = o.links.find(({ id }) => id === linkId);
    if (!link || o.stage !== 'invited' || o.linkId !== linkId) return 'already';
    if (link.acceptedAt && !o.needsSupport) return 'already';
    const accepted = { acceptedAt: at, ...link };
    return {
      event: { type: 'invitation-mail-accepted', actor: SERVICE, at },
      set: { links: o.links.map((each) => (each === link ? accepted : each)) },
      unset: ['needsSupport'],
      told: true,
    };
  };

/** The 24 hours begin. A late acceptance of a superseded mail starts nothing. */
export const acceptVerificationMail =
  ({ linkId, at }: { linkId: string; at: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage !== 'verifying' || o.linkId !== linkId) return 'already';
    // A later mail moves no deadline, but a refusal of one before it is no problem any more.
    if (o.verifyBy && !o.needsSupport) return 'already';
    const verifyBy = o.verifyBy ?? later(at, policy.verifyWindow);
    return {
      event: { type: 'verification-mail-accepted', actor: SERVICE, at },
      set: { verifyBy, dueAt: later(verifyBy, policy.blockGrace) },
      unset: ['needsSupport'],
      told: true,
    };
  };

/** @param asOf workflow time: a timer that rang is not argued with, whatever this machine's clock says. */
export const block =
  ({ asOf }: { asOf: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage !== 'verifying') return 'already';
    if (asOf < blockAt(o, policy)) return { refused: 'not-due' };
    return {
      event: { type: 'blocked', actor: SERVICE, at: asOf },
      set: { ...toStage('blocked', asOf), blockedAt: asOf, links: closeLink(o, 'expired') },
      unset: ['dueAt'],
      told: true,
    };
  };

export const expireInvite =
  ({ asOf }: { asOf: Date }, policy: Policy): Judge =>
  (o) => {
    if (o.stage !== 'invited') return 'already';
    if (asOf < later(o.inviteBy, policy.blockGrace)) return { refused: 'not-due' };
    return {
      event: { type: 'invitation-expired', actor: SERVICE, at: asOf },
      set: { ...toStage('expired', asOf), links: closeLink(o, 'expired') },
      unset: ['emailSlot', 'dueAt'],
      notices: [{ kind: 'invitation-expired', to: 'inviter' }],
      told: true,
    };
  };

/** Unlocks the dashboard: only on a consumed challenge for exactly this number. */
export const activate =
  ({ at }: { at: Date }): Judge =>
  (o) => {
    if (o.stage === 'active') return 'already';
    if (o.stage !== 'confirming') return { refused: 'wrong-stage' };
    if (!isPhoneProven(o)) return { refused: 'not-confirmed' };
    return {
      event: { type: 'activated', actor: SERVICE, at },
      set: { ...toStage('active', at), activatedAt: at },
      // Not the first number of this person: whoever reads the mailbox learns of it.
      ...(o.activatedAt && { notices: [{ kind: 'number-changed', to: o.email }] }),
      unset: ['dueAt', 'needsSupport'],
      told: true,
    };
  };

/** The provider took the text after all. Worth a step only where support had been told. */
export const acceptText =
  ({ challengeId, at }: { challengeId: string; at: Date }): Judge =>
  (o) => {
    if (o.needsSupport?.problem !== 'text-undeliverable' || o.challenge?.id !== challengeId) return 'already';
    return {
      event: { type: 'text-accepted', actor: SERVICE, at },
      set: {},
      unset: ['needsSupport'],
      told: true,
    };
  };

/** A message cannot be brought to this person. `about` is its link or challenge; a superseded one is no problem any more. */
export const noteProblem =
  ({ problem, about, at }: { problem: Problem; about: string; at: Date }): Judge =>
  (o) => {
    if (o.needsSupport?.problem === problem) return 'already';
    if (o.linkId !== about && (o.challenge?.id !== about || o.challenge.consumedAt)) return 'already';
    return {
      event: { type: 'needs-support', actor: SERVICE, at, data: { problem } },
      set: { needsSupport: { problem, since: at } },
      // Whoever invited them has seen them come in: how they sign in later is theirs.
      ...(!o.activatedAt && { notices: [{ kind: 'invitation-stuck', to: 'inviter' }] }),
      told: true,
    };
  };
