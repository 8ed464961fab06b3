import type { Actor, Authenticator, EventType, Notice, Onboarding, Stage } from '../facts.js';

/**
 * A decision: what an action makes of an onboarding, as a pure function. `onboardings.ts` carries it out as one conditional
 * write; whoever loses a race is judged again on what the winner left.
 */
export type Judge = (onboarding: Onboarding) => Verdict;

export type Verdict = Step | Refusal | 'already';

/** What one write changes, and the event that it pushes. */
export interface Step {
  event: { type: EventType; actor: Actor; at: Date; data?: Record<string, string | number> };
  set: Partial<Onboarding>;
  /** Parts of the challenge: its tries are counted beside, so it is never written whole unless it is new. */
  setInChallenge?: Partial<Pick<NonNullable<Onboarding['challenge']>, 'consumedAt' | 'sends' | 'lastSendAt'>>;
  /** Parts of the authenticator: its seal is made anew beside, so it is never written whole unless it is new. */
  setInAuthenticator?: Pick<Authenticator, 'lastStep'> & Pick<Required<Authenticator>, 'lastSessionId'>;
  unset?: readonly (keyof Onboarding)[];
  /** What is counted beside, as it was judged: where the count has moved on, the step is judged again. */
  only?: Pick<Onboarding, 'codeFailures'>;
  /** Mails about the step, to people who are not waiting on a page. */
  notices?: readonly Omit<Notice, 'id' | 'at'>[];
  /** What a member of staff gave as the reason. */
  reason?: string;
  /** The workflow knows of a step that it asked for itself. */
  told?: boolean;
}

export type RefusalCode =
  | 'link-used'
  | 'link-superseded'
  | 'link-expired'
  | 'link-unknown'
  | 'wrong-stage'
  | 'not-allowed'
  | 'not-due'
  | 'not-confirmed'
  | 'too-soon'
  | 'too-often'
  | 'same-email'
  | 'email-taken'
  | 'code-spent'
  | 'code-expired';

export interface Refusal {
  refused: RefusalCode;
}

export const later = (at: Date, milliseconds: number): Date => new Date(at.getTime() + milliseconds);

export const clinician = (o: Onboarding): Actor => ({ kind: 'clinician', id: o._id });

export const toStage = (stage: Stage, at: Date) => ({ stage, stageSince: at });
