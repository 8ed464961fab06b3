import { proxyActivities } from '@temporalio/workflow';
import type { Activities, SweepCounts } from '../activities/index.js';

const { sweepOnce } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
});

/** Started by a Schedule: tells workflows what they were not told or have missed. The next one tries again. */
export async function sweep(): Promise<SweepCounts> {
  return sweepOnce();
}
