import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { clinicianOnboarding, invitationBatch, notice, signInCode } from '../index.js';
import {
  actUpdate,
  batchWorkflowId,
  type LiveState,
  liveStateQuery,
  lookSignal,
  onboardingWorkflowId,
  PRIORITIES,
  type SignInCodeInput,
  TASK_QUEUES,
} from '../messages.js';

/** What the workflow says of itself, and what Temporal sees of it. */
export interface Live extends LiveState {
  /** Temporal's word: RUNNING, COMPLETED, … */
  status: string;
  /** Activities under way, with the message of the last failure (ours, without anything personal). */
  pending: { activity: string; tries: number; lastFailure?: string }[];
}

/** What Temporal sees of a workflow, also while no worker answers for it. */
export type Seen = Pick<Live, 'status' | 'pending'>;

/** What a nudge needs to know. */
export interface Nudged {
  _id: string;
  attempt: number;
  teamId: string;
  stage: string;
  /** Mails to others that wait to be sent. */
  notices: { id: string }[];
  /** The last texted code. */
  challenge?: { id: string; purpose: string; sends: number; consumedAt?: Date };
}

const teamKey = defineSearchAttributeKey('TeamId', 'KEYWORD');
const stageKey = defineSearchAttributeKey('Stage', 'KEYWORD');

export type Gateway = ReturnType<typeof createGateway>;

/** The doors' way into Temporal. Says "look" and never waits for a worker. */
export function createGateway(client: Client) {
  /** Starts the mails to others that wait. */
  async function notify({ _id: onboardingId, notices }: Pick<Nudged, '_id' | 'notices'>): Promise<void> {
    for (const { id: noticeId } of notices) {
      await client.workflow
        .start<typeof notice>('notice', {
          workflowId: `notice-${onboardingId}-${noticeId}`,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          taskQueue: TASK_QUEUES.onboarding,
          args: [{ onboardingId, noticeId }],
        })
        .catch(unlessStarted);
    }
  }

  async function see(workflowId: string, patience: number): Promise<Seen | undefined> {
    const handle = client.workflow.getHandle(workflowId);
    try {
      return seenIn(await client.withDeadline(Date.now() + patience, () => handle.describe()));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  const startBatch = (batchId: string, workflowIdReusePolicy: WorkflowIdReusePolicy, patience: number) =>
    client
      .withDeadline(Date.now() + patience, () =>
        client.workflow.start<typeof invitationBatch>('invitationBatch', {
          workflowId: batchWorkflowId(batchId),
          workflowIdReusePolicy,
          taskQueue: TASK_QUEUES.onboarding,
          args: [{ batchId }],
        }),
      )
      .then(() => {}, unlessStarted);

  return {
    client,
    notify,

    /**
     * Has the workflow carry out what staff decided, and waits for its answer.
     * @returns undefined where the workflow has ended: then the write was all there was to do
     * @throws after `patience` milliseconds, when no worker is there
     */
    async act(
      { _id, attempt, seq }: Nudged & { seq: number },
      patience: number,
    ): Promise<LiveState | undefined> {
      const handle = client.workflow.getHandle(onboardingWorkflowId(_id, attempt));
      const eventId = `${_id}:${seq}`;
      const until = Date.now() + patience;
      const ask = () =>
        client.withDeadline(until, () =>
          handle.executeUpdate(actUpdate, { updateId: eventId, args: [{ eventId }] }),
        );
      try {
        return await ask().catch((error) => {
          if (!isCrossed(error)) throw error;
          return ask();
        });
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },

    /**
     * The live state: what the workflow itself says, and what Temporal sees it doing. Never made up from the database.
     * @throws when no worker answers within `patience` milliseconds, or there is no such workflow
     */
    async live({ _id, attempt }: Pick<Nudged, '_id' | 'attempt'>, patience: number): Promise<Live> {
      const handle = client.workflow.getHandle(onboardingWorkflowId(_id, attempt));
      return client.withDeadline(Date.now() + patience, async () => {
        const [state, seen] = await Promise.all([
          handle.query(liveStateQuery),
          handle.describe().then(seenIn),
        ]);
        return { ...state, ...seen };
      });
    },

    /**
     * What Temporal sees of the workflow of an attempt, whether or not a worker is there.
     * @returns undefined where Temporal knows no such workflow (never started, or ended longer ago than it remembers)
     * @throws when Temporal does not answer within `patience` milliseconds
     */
    async seen(
      { _id, attempt }: Pick<Nudged, '_id' | 'attempt'>,
      patience: number,
    ): Promise<Seen | undefined> {
      return see(onboardingWorkflowId(_id, attempt), patience);
    },

    /** The same of the workflow of a batch. */
    seenBatch: (batchId: string, patience: number): Promise<Seen | undefined> =>
      see(batchWorkflowId(batchId), patience),

    /**
     * The stage in which the workflow of an attempt came to its end by itself.
     * @returns undefined where it was ended otherwise
     * @throws when Temporal does not answer within `patience` milliseconds, which is what it does while the workflow runs
     */
    async endedAt(
      { _id, attempt }: Pick<Nudged, '_id' | 'attempt'>,
      patience: number,
    ): Promise<string | undefined> {
      const handle = client.workflow.getHandle<typeof clinicianOnboarding>(
        onboardingWorkflowId(_id, attempt),
      );
      try {
        return await client.withDeadline(Date.now() + patience, () => handle.result());
      } catch (error) {
        if (error instanceof WorkflowFailedError) return undefined;
        throw error;
      }
    },

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
      await notify(onboarding);
      if (stage === 'active' && challenge?.purpose === 'sign-in' && !challenge.consumedAt) {
        return startSignInCode(client, { onboardingId, challengeId: challenge.id, nth: challenge.sends });
      }
      await client.workflow
        .signalWithStart<typeof clinicianOnboarding, []>('clinicianOnboarding', {
          workflowId: onboardingWorkflowId(onboardingId, attempt),
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          taskQueue: TASK_QUEUES.onboarding,
          args: [{ onboardingId, attempt }],
          signal: lookSignal,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: teamKey, value: teamId },
            { key: stageKey, value: stage },
          ]),
        })
        .catch(unlessStarted);
    },

    /**
     * Starts the workflow of a batch, once.
     * @throws when Temporal does not take it within `patience` milliseconds
     */
    startBatch: (batchId: string, patience = 10_000) =>
      startBatch(batchId, WorkflowIdReusePolicy.REJECT_DUPLICATE, patience),

    /** Starts another where that of a batch has ended before its time: rows that are decided stay so. @throws as `startBatch` */
    restartBatch: (batchId: string, patience = 10_000) =>
      startBatch(batchId, WorkflowIdReusePolicy.ALLOW_DUPLICATE, patience),
  };
}

function seenIn({ status, raw }: WorkflowExecutionDescription): Seen {
  const pending = (raw.pendingActivities ?? []).map(({ activityType, attempt: tries, lastFailure }) => ({
    activity: activityType?.name ?? '',
    tries: tries ?? 1,
    ...(lastFailure?.message && { lastFailure: lastFailure.message }),
  }));
  return { status: status.name, pending };
}

async function startSignInCode(client: Client, input: SignInCodeInput): Promise<void> {
  await client.workflow
    .start<typeof signInCode>('signInCode', {
      workflowId: `sign-in-code-${input.challengeId}-${input.nth}`,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      taskQueue: TASK_QUEUES.onboarding,
      priority: PRIORITIES.signIn,
      args: [input],
    })
    .catch(unlessStarted);
}

/** 9 FAILED_PRECONDITION: the workflow was ending as the update came; asked again, it has ended or answers. */
const isCrossed = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === 9;

function unlessStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}
