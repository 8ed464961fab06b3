import { proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { BatchInput } from './messages.js';

/** A worker that died is noticed by its missing heartbeat; a database that is away is waited for. */
const { inviteRows } = proxyActivities<Activities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
  summary: 'Invite some rows',
});

/**
 * Makes the invitations of one batch, some rows at a time. Where the caller's allowance is used up it waits for the next.
 * A full batch of 10,000 rows makes some 1,300 events, so it needs no second history.
 */
export async function invitationBatch({ batchId }: BatchInput): Promise<void> {
  let from = 1;
  for (;;) {
    const { next, waitMs } = await inviteRows({ batchId, from });
    if (next === undefined) return;
    from = next;
    setCurrentDetails(`Next: row ${from}.`);
    if (waitMs !== undefined) await sleep(waitMs);
  }
}
