import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';

const { eraseEnded, deleteExpired } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  retry: { maximumAttempts: 5 },
});

/** So many batches a day are more than ever end a day; what is left waits for the next. */
const MOST_BATCHES = 100;

export interface RetentionCounts {
  /** Onboardings. */
  erased: number;
  /** Sessions, messages, conversations and other records. */
  deleted: number;
}

/** Started by a Schedule once a day: nothing is kept for longer than it is needed. */
export async function retention(): Promise<RetentionCounts> {
  let erased = 0;
  for (let batches = 0; batches < MOST_BATCHES; batches++) {
    const { done, more } = await eraseEnded();
    erased += done;
    if (!more) break;
  }
  return { erased, deleted: await deleteExpired() };
}
