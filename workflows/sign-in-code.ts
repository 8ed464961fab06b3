import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { type SignInCodeInput, TASK_QUEUES } from './messages.js';

/** The activity gives up when the code has run out (CODE_LIFETIME); this is for one that nobody carries out. */
const { sendCode } = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.text,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'Text: sign-in code',
});

/** Brings the text of one sign-in to the phone. */
export async function signInCode(input: SignInCodeInput): Promise<void> {
  await sendCode(input);
}
