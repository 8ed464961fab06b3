import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { clinicianOnboarding, signInCode, sweep } from './index.js';
import { lookSignal, onboardingWorkflowId, type SignInCodeInput, TASK_QUEUES } from './messages.js';

/** What a nudge needs to know. */
export interface Nudged {
  _id: string;
  attempt: number;
  teamId: string;
  stage: string;
  /** The last texted code. */
  challenge?: { id: string; purpose: string; sends: number; consumedAt?: Date };
}

const teamKey = defineSearchAttributeKey('TeamId', 'KEYWORD');
const stageKey = defineSearchAttributeKey('Stage', 'KEYWORD');

export type Gateway = ReturnType<typeof createGateway>;

/** The doors' way into Temporal. Says "look" and never waits for a worker. */
export function createGateway(client: Client) {
  return {
    client,

    /** @throws when Temporal does not answer within two seconds. */
    ping: () =>
      client.withDeadline(Date.now() + 2_000, () =>
        client.workflowService.describeNamespace({ namespace: client.options.namespace }),
      ),

    /**
     * Starts the workflow of an onboarding or tells it to look. One id an attempt and REJECT_DUPLICATE: however often and
     * from wherever it is called, there is one workflow. A finished one needs no telling.
     */
    async nudge(onboarding: Nudged): Promise<void> {
      const { _id: onboardingId, attempt, teamId, stage, challenge } = onboarding;
      if (stage === 'active' && challenge?.purpose === 'sign-in' && !challenge.consumedAt) {
        return startSignInCode(client, { onboardingId, challengeId: challenge.id, nth: challenge.sends });
      }
      await client.workflow
        .signalWithStart<typeof clinicianOnboarding, []>('clinicianOnboarding', {
          workflowId: onboardingWorkflowId(onboardingId, attempt),
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          taskQueue: TASK_QUEUES.onboarding,
          args: [{ onboardingId }],
          signal: lookSignal,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: teamKey, value: teamId },
            { key: stageKey, value: stage },
          ]),
        })
        .catch(unlessStarted);
    },

    /** The sweeper's Schedule: made once, by whichever worker comes first. */
    async ensureSweeper(everySeconds = 30): Promise<void> {
      await client.schedule
        .create({
          scheduleId: 'sweeper',
          spec: { intervals: [{ every: `${everySeconds}s` }] },
          policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
          action: {
            type: 'startWorkflow',
            workflowType: 'sweep' satisfies (typeof sweep)['name'],
            taskQueue: TASK_QUEUES.onboarding,
            workflowExecutionTimeout: '2m',
          },
        })
        .catch((error: unknown) => {
          if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        });
    },
  };
}

async function startSignInCode(client: Client, input: SignInCodeInput): Promise<void> {
  await client.workflow
    .start<typeof signInCode>('signInCode', {
      workflowId: `sign-in-code-${input.challengeId}-${input.nth}`,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      taskQueue: TASK_QUEUES.onboarding,
      args: [input],
    })
    .catch(unlessStarted);
}

function unlessStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}
