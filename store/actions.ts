import { effectiveStage } from './deadlines.js';
import { type Actor, type ActorKind, type Onboarding, type Role, STAGES, type Stage } from './facts.js';

/** Who may do what at which stage, and where it leads. The table in docs/architecture.md and the tests are made from this one. */
export interface Rule {
  by: readonly ActorKind[];
  /** Stage before to stage after. */
  from: Partial<Record<Stage, Stage>>;
}

const LEAD = ['team-lead', 'api-key', 'support'] as const;
const staying = (...stages: Stage[]): Rule['from'] =>
  Object.fromEntries(stages.map((stage) => [stage, stage]));
const anyTo = (end: Stage): Rule['from'] =>
  Object.fromEntries(STAGES.filter((stage) => stage !== end).map((stage) => [stage, end]));

export const ACTIONS = {
  'create-account': { by: ['clinician'], from: { invited: 'verifying' } },
  'ask-for-new-link': { by: ['clinician'], from: staying('expired', 'revoked') },
  'send-verification-again': { by: ['clinician'], from: staying('verifying') },
  'verify-email': { by: ['clinician'], from: { verifying: 'enrolling' } },
  'correct-own-email': {
    by: ['clinician'],
    from: { verifying: 'verifying', enrolling: 'verifying', confirming: 'verifying' },
  },
  'enter-number': { by: ['clinician'], from: { enrolling: 'confirming', confirming: 'confirming' } },
  'send-code-again': { by: ['clinician'], from: staying('confirming', 'active') },
  'confirm-code': { by: ['clinician'], from: staying('confirming', 'active') },
  'request-sign-in-code': { by: ['clinician'], from: staying('active') },
  'acknowledge-disclaimer': { by: ['clinician'], from: staying('active') },
  'ask-for-password-reset': { by: ['clinician'], from: staying('enrolling', 'confirming', 'active') },
  'reset-password': { by: ['clinician'], from: staying('enrolling', 'confirming', 'active') },
  'change-password': { by: ['clinician'], from: staying('active') },
  'begin-authenticator': { by: ['clinician'], from: staying('active') },
  'add-authenticator': { by: ['clinician'], from: staying('active') },
  'remove-authenticator': { by: ['clinician'], from: staying('active') },
  'make-recovery-codes': { by: ['clinician'], from: staying('active') },
  'confirm-app-code': { by: ['clinician'], from: staying('active') },
  'use-recovery-code': { by: ['clinician'], from: staying('active') },
  'expire-invitation': { by: ['service'], from: { invited: 'expired' } },
  block: { by: ['service'], from: { verifying: 'blocked' } },
  activate: { by: ['service'], from: { confirming: 'active' } },
  'lock-codes': { by: ['service'], from: staying('confirming', 'active') },
  'erase-ended': {
    by: ['service'],
    from: {
      expired: 'erased',
      revoked: 'erased',
      blocked: 'erased',
      enrolling: 'erased',
      confirming: 'erased',
    },
  },
  'erase-along': { by: ['service'], from: { expired: 'erased', revoked: 'erased' } },
  'erase-again': { by: ['service'], from: anyTo('erased') },
  resend: { by: LEAD, from: staying('invited', 'verifying') },
  'new-window': { by: LEAD, from: { verifying: 'verifying', blocked: 'verifying' } },
  'correct-email': {
    by: LEAD,
    from: {
      invited: 'invited',
      verifying: 'invited',
      blocked: 'invited',
      enrolling: 'invited',
      confirming: 'invited',
    },
  },
  unlock: { by: ['support'], from: staying('confirming', 'active') },
  'correct-number': { by: ['support'], from: { confirming: 'enrolling', active: 'enrolling' } },
  revoke: { by: LEAD, from: { invited: 'revoked' } },
  suspend: { by: LEAD, from: { active: 'suspended' } },
  reinstate: { by: LEAD, from: { suspended: 'active' } },
  erase: { by: ['support'], from: anyTo('erased') },
} as const satisfies Record<string, Rule>;

export type ActionName = keyof typeof ACTIONS;

export const STAFF_ACTIONS = [
  'resend',
  'new-window',
  'correct-email',
  'unlock',
  'correct-number',
  'revoke',
  'suspend',
  'reinstate',
  'erase',
] as const satisfies readonly ActionName[];
export type StaffActionName = (typeof STAFF_ACTIONS)[number];

/** The stage that an action leads to, or undefined where it cannot be taken. */
export const stageAfter = (action: ActionName, stage: Stage): Stage | undefined => {
  const { from }: Rule = ACTIONS[action];
  return from[stage];
};

/** Once they were in, the address is theirs by more than an invitation: where another one is wanted, they are invited anew. */
const ONLY_BEFORE_ACTIVATION = new Set<ActionName>(['correct-own-email', 'correct-email']);

/** Where an action leads somebody at a moment, or undefined where it cannot be taken. */
export const leadsTo = (action: ActionName, o: Onboarding, at: Date): Stage | undefined =>
  o.activatedAt && ONLY_BEFORE_ACTIVATION.has(action) ? undefined : stageAfter(action, effectiveStage(o, at));

export const mayTake = (action: ActionName, { kind }: Actor): boolean => {
  const { by }: Rule = ACTIONS[action];
  return by.includes(kind);
};

/** Team leads and their keys act on clinicians; staff are support's. */
export const mayActOn = (role: Role, { kind }: Actor): boolean => role === 'clinician' || kind === 'support';
