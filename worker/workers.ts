import {
  type InjectedSinks,
  type NativeConnection,
  Worker,
  type WorkerInterceptors,
} from '@temporalio/worker';
import { type ActivityDependencies, createActivities } from '../activities/index.js';
import { activityTracing, workflowSpan } from '../monitoring/temporal-tracing.js';
import type { Tracing } from '../monitoring/tracing.js';
import type { CarryingSinks } from '../workflows/carrying.js';
import { TASK_QUEUES } from '../workflows/messages.js';

/** Mails and texts a second, over all workers: what a provider takes without complaint. */
const MAILS_PER_SECOND = 50;
const TEXTS_PER_SECOND = 10;

/** All workflows in one file, made by `bundle.ts` with each build. */
export const WORKFLOW_BUNDLE = new URL('./workflows-bundle.cjs', import.meta.url).pathname;

export interface WorkersInput {
  connection: NativeConnection;
  namespace: string;
  dependencies: ActivityDependencies;
  /** What stands around each activity. */
  interceptors?: WorkerInterceptors;
  tracing?: Tracing | undefined;
}

/** One worker a task queue: workflows with their database steps, mails, texts. */
export function createWorkers({
  connection,
  namespace,
  dependencies,
  interceptors = {},
  tracing,
}: WorkersInput): Promise<Worker[]> {
  const activities = createActivities(dependencies);
  const { sendMail, sendNotice, sendCode, ...databaseSteps } = activities;
  const { activity = [] } = interceptors;
  const around = { activity: tracing ? [activityTracing(tracing), ...activity] : activity };
  const common = { connection, namespace, shutdownGraceTime: '10s' } as const;
  const workflows = {
    workflowBundle: { codePath: WORKFLOW_BUNDLE },
    interceptors: around,
    sinks: sinksOf(tracing),
  };
  return Promise.all([
    Worker.create({
      ...common,
      ...workflows,
      taskQueue: TASK_QUEUES.onboarding,
      activities: databaseSteps,
      maxCachedWorkflows: 500,
      maxConcurrentWorkflowTaskExecutions: 20,
    }),
    Worker.create({
      ...common,
      interceptors: around,
      taskQueue: TASK_QUEUES.mail,
      activities: { sendMail, sendNotice },
      maxConcurrentActivityTaskExecutions: 10,
      maxTaskQueueActivitiesPerSecond: MAILS_PER_SECOND,
    }),
    Worker.create({
      ...common,
      interceptors: around,
      taskQueue: TASK_QUEUES.text,
      activities: { sendCode },
      maxConcurrentActivityTaskExecutions: 10,
      maxTaskQueueActivitiesPerSecond: TEXTS_PER_SECOND,
    }),
  ]);
}

/** Where traces are off here a nudge may still carry a span from elsewhere: then there is nothing to tell. */
function sinksOf(tracing: Tracing | undefined): InjectedSinks<CarryingSinks> {
  return {
    tracing: {
      nudged: {
        fn: ({ workflowType, workflowId, runId }, from) => {
          if (tracing) workflowSpan(tracing, { workflowType, workflowId, runId, from });
        },
        callDuringReplay: false,
      },
    },
  };
}
