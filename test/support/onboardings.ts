import { randomUUID } from 'node:crypto';
import type { Challenge, Onboarding, Stage } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { newLink } from '../../store/steps.js';

export const T0 = new Date('2026-03-02T09:00:00Z');
export const sinceT0 = (milliseconds: number) => new Date(T0.getTime() + milliseconds);

export const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
export const DAY = 24 * HOUR;

/** A challenge made at T0, consumed or not. */
export function challengeOf(more: Partial<Challenge> = {}): Challenge {
  return {
    id: newSecretId(),
    purpose: 'enrolment',
    codeHash: 'hash',
    number: '+447400123456',
    sessionId: 'session',
    issuedAt: T0,
    expiresAt: sinceT0(600 * SECOND),
    sends: 1,
    lastSendAt: T0,
    triesLeft: 5,
    ...more,
  };
}

/** An onboarding as it stands at a stage, all deadlines counted from T0. */
export function onboardingAt(stage: Stage, more: Partial<Onboarding> = {}): Onboarding {
  const id = randomUUID();
  const email = `${id}@example.org`;
  const invitation = newLink(newSecretId(), 'invitation', T0);
  const verification = newLink(newSecretId(), 'verification', T0);
  const base: Onboarding = {
    _id: id,
    email,
    emailSlot: email,
    role: 'clinician',
    teamId: 'team',
    invitedBy: { kind: 'api-key', id: 'key', name: 'Dr Alex Morgan' },
    locale: 'en',
    stage,
    stageSince: T0,
    attempt: 1,
    seq: 1,
    outbox: [],
    notices: [],
    createdAt: T0,
    inviteBy: sinceT0(7 * DAY),
    links: [invitation],
    linkId: invitation.id,
    codeFailures: 0,
  };
  const account = { passwordHash: 'hash', createdAt: T0 };
  const used = { ...invitation, outcome: 'used' as const };
  const later: Partial<Record<Stage, Partial<Onboarding>>> = {
    verifying: { account, links: [used, verification], linkId: verification.id, verifyBy: sinceT0(DAY) },
    blocked: {
      account,
      links: [used, { ...verification, outcome: 'expired' }],
      linkId: verification.id,
      verifyBy: sinceT0(DAY),
      blockedAt: sinceT0(DAY),
    },
    enrolling: { account, links: [used, { ...verification, outcome: 'used' }], verifiedAt: T0 },
    confirming: {
      account,
      links: [used, { ...verification, outcome: 'used' }],
      verifiedAt: T0,
      phone: '+447400123456',
      challenge: challengeOf(),
    },
    active: { account, verifiedAt: T0, activatedAt: T0, phone: '+447400123456' },
    suspended: { account, verifiedAt: T0, activatedAt: T0, phone: '+447400123456' },
  };
  const onboarding = { ...base, ...later[stage], ...more };
  if (stage === 'enrolling') delete onboarding.linkId;
  return onboarding;
}
