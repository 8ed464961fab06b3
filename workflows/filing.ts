import { proxyActivities } from '@temporalio/workflow';
import type { Activities, FilingCounts } from '../activities/index.js';

const { fileOnce } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
});

/** Started by a Schedule of its own, so that no telling waits for it: files the audit trail. The next one tries again. */
export async function filing(): Promise<FilingCounts> {
  return fileOnce();
}
