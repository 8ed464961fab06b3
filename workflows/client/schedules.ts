import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type * as workflows from '../index.js';
import { PRIORITIES, TASK_QUEUES } from '../messages.js';

interface Recurring {
  scheduleId: string;
  workflowType: keyof typeof workflows;
  /** Of rounds that were missed, those of so many milliseconds ago are made up for. */
  catchupWindow: number;
  /** Milliseconds. */
  timeout: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const SWEEPER: Recurring = {
  scheduleId: 'sweeper',
  workflowType: 'sweep',
  catchupWindow: MINUTE,
  timeout: 2 * MINUTE,
};
const FILING: Recurring = {
  scheduleId: 'filing',
  workflowType: 'filing',
  catchupWindow: MINUTE,
  timeout: 2 * MINUTE,
};
const RETENTION: Recurring = {
  scheduleId: 'retention',
  workflowType: 'retention',
  catchupWindow: 12 * HOUR,
  timeout: HOUR,
};

/** What happens by itself again and again; milliseconds between two rounds. Made, or brought to these settings, by every worker that starts. */
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
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow };
  // Named before it is given: the client sends a priority, its type for a Schedule's action leaves it out.
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    taskQueue: TASK_QUEUES.onboarding,
    workflowExecutionTimeout: timeout,
    priority: PRIORITIES.rounds,
  };
  try {
    await client.schedule.create({ scheduleId, spec, policies, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(scheduleId);
    const present = await handle.describe();
    const { intervals } = present.spec;
    const asItIs =
      intervals?.length === 1 &&
      intervals[0]?.every === every &&
      present.policies.catchupWindow === catchupWindow &&
      present.action.workflowExecutionTimeout === timeout &&
      present.action.priority?.priorityKey === PRIORITIES.rounds.priorityKey;
    if (asItIs) return;
    await handle.update((schedule) => ({ ...schedule, spec, policies, action }));
  }
}
