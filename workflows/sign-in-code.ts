import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { type SignInCodeInput, TASK_QUEUES } from './messages.js';

/** Gives up when the code would have run out anyway. */
const { sendCode } = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.text,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'Text: sign-in code',
});

/** Brings the text of one sign-in to the phone. */
export async function signInCode(input: SignInCodeInput): Promise<void> {
  await sendCode(input);
}
