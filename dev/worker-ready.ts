import { Connection } from '@temporalio/client';
import { TASK_QUEUES } from '../workflows/messages.js';

/** Task queue types as Temporal's API numbers them. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;

const QUEUES = [
  [TASK_QUEUES.onboarding, WORKFLOWS],
  [TASK_QUEUES.mail, ACTIVITIES],
  [TASK_QUEUES.text, ACTIVITIES],
] as const;

/** Resolves once a worker has asked Temporal for work since a moment (milliseconds), on every queue; rejects where none has yet. */
export async function workerReady({
  address,
  namespace = 'default',
  since,
}: {
  address: string;
  namespace: string | undefined;
  since: number;
}): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '1s' });
  try {
    for (const [name, taskQueueType] of QUEUES) {
      const taskQueue = { name };
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue,
        taskQueueType,
      });
      const asked = pollers.some(
        ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since - 1_000,
      );
      if (!asked) throw new Error(`no worker asks for work on ${name} yet`);
    }
  } finally {
    await connection.close();
  }
}
