import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** What the doors and the workflow say to each other. Ids, times and counts only: nothing personal enters Temporal. */

/** "Look": facts have changed. Late, doubled and reordered ones are harmless. */
export const lookSignal = defineSignal('look');

/**
 * Staff have decided something: look, and answer once it is known. Carries the id of the deciding event only; what was decided
 * stands in the database.
 */
export const actUpdate = defineUpdate<LiveState, [ActInput]>('act');

export interface ActInput {
  /** `<onboarding id>:<seq>` */
  eventId: string;
}

/** What the workflow is doing right now. Times in milliseconds since the epoch. */
export const liveStateQuery = defineQuery<LiveState>('liveState');

export interface LiveState {
  stage: string;
  /** Of the facts that it knows. */
  seq: number;
  /** Messages on their way: kind and the id of the link or challenge. */
  sending: string[];
  /** When it acts by itself next; absent: it waits for a fact alone. */
  alarmAt?: number;
}

export interface OnboardingInput {
  onboardingId: string;
  /** Which workflow of this onboarding it is; another one takes over when the facts say so. */
  attempt: number;
}

export type { CodeInput as SignInCodeInput } from '../activities/send-code.js';
export type { NoticeInput } from '../activities/send-notice.js';

export interface BatchInput {
  batchId: string;
}

/** Workflows and database steps; mails and texts wait in queues of their own, so that a slow provider holds up nothing else. */
export const TASK_QUEUES = { onboarding: 'onboarding', mail: 'mail', text: 'sms' } as const;

/**
 * Who begins before all else that waits in a task queue; the others have 3 (docs.temporal.io/develop/task-queue-priority-fairness).
 * Rounds find what others have missed; whoever signs in stands before a page, with a code that runs out.
 */
export const PRIORITIES = { rounds: { priorityKey: 1 }, signIn: { priorityKey: 2 } } as const;

export const batchWorkflowId = (batchId: string): string => `batch-${batchId}`;

export const onboardingWorkflowId = (onboardingId: string, attempt: number): string =>
  `onboarding-${onboardingId}-${attempt}`;
