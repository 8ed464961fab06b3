import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type * as workflows from './index.js';
import { TASK_QUEUES } from './messages.js';

interface Recurring {
  scheduleId: string;
  workflowType: keyof typeof workflows;
  /** Of rounds that were missed, those of so long ago are made up for. */
  catchupWindow: '1m' | '12h';
  timeout: '2m' | '1h';
}

const SWEEPER: Recurring = {
  scheduleId: 'sweeper',
  workflowType: 'sweep',
  catchupWindow: '1m',
  timeout: '2m',
};
const FILING: Recurring = {
  scheduleId: 'filing',
  workflowType: 'filing',
  catchupWindow: '1m',
  timeout: '2m',
};
const RETENTION: Recurring = {
  scheduleId: 'retention',
  workflowType: 'retention',
  catchupWindow: '12h',
  timeout: '1h',
};

/** What happens by itself again and again; milliseconds between two rounds. Made, or given these intervals, by every worker that starts. */
export async function ensureSchedules(
  client: Client,
  every: { sweep: number; retention: number },
): Promise<void> {
  await ensure(client, SWEEPER, every.sweep);
  await ensure(client, FILING, every.sweep);
  await ensure(client, RETENTION, every.retention);
}

/** Never two rounds at once. A Schedule that somebody has paused stays paused. */
async function ensure(
  client: Client,
  { scheduleId, workflowType, catchupWindow, timeout }: Recurring,
  every: number,
): Promise<void> {
  const spec = { intervals: [{ every }] };
  try {
    await client.schedule.create({
      scheduleId,
      spec,
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
      action: {
        type: 'startWorkflow',
        workflowType,
        taskQueue: TASK_QUEUES.onboarding,
        workflowExecutionTimeout: timeout,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(scheduleId);
    const { intervals } = (await handle.describe()).spec;
    if (intervals?.length === 1 && intervals[0]?.every === every) return;
    await handle.update((present) => ({ ...present, spec }));
  }
}
