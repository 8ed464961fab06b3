import type { Client } from '@temporalio/client';
import { TASK_QUEUES } from './messages.js';

/** Task queue types as Temporal's API numbers them. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;

const QUEUES = [
  [TASK_QUEUES.onboarding, WORKFLOWS],
  [TASK_QUEUES.mail, ACTIVITIES],
  [TASK_QUEUES.text, ACTIVITIES],
] as const;

/**
 * Resolves where a worker has asked Temporal for work since a moment (milliseconds), on every queue.
 * @param host only workers on the machine of this name count; every worker's identity ends with it
 * @throws where none has
 */
export async function workerAsksForWork(
  { workflowService, options: { namespace } }: Client,
  { since, host }: { since: number; host?: string },
): Promise<void> {
  for (const [name, taskQueueType] of QUEUES) {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType,
    });
    const asked = pollers
      .filter(({ identity }) => host === undefined || identity?.endsWith(`@${host}`))
      .some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since - 1_000);
    if (!asked) throw new Error(`no worker asks for work on ${name} yet`);
  }
}
