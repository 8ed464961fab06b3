import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { type NoticeInput, TASK_QUEUES } from './messages.js';

const { sendNotice } = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.mail,
  startToCloseTimeout: '35s',
  scheduleToCloseTimeout: '7 days',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
  summary: 'Mail: notice',
});

/** Brings one mail about a step to somebody who is not waiting for it. */
export async function notice(input: NoticeInput): Promise<void> {
  await sendNotice(input);
}
