import type { Outbox } from '../store/onboarding-queries.js';
import type { ActivityDependencies } from './dependencies.js';

export interface FilingCounts {
  filed: number;
  failed: number;
  /** The last checkpoint, number and hash: it stands in Temporal's history too, out of reach of whoever edits the database. */
  checkpoint?: string;
}

const BATCH = 200;
/** What is left after so many waits for the next round, which is moments away. */
const MOST_BATCHES = 10;
/** So many failures in one round are an outage, not the fault of single onboardings. */
const MOST_FAILURES = 10;

/**
 * One round of filing: outboxes into the audit trail, its heads sealed, and only then out of the outboxes. A crash in between
 * leaves events to be filed again, which changes nothing.
 */
export function fileOnce({ store, clock }: Pick<ActivityDependencies, 'store' | 'clock'>) {
  return async function fileOnce(): Promise<FilingCounts> {
    const counts: FilingCounts = { filed: 0, failed: 0 };

    async function file(batch: readonly Outbox[]): Promise<void> {
      await store.audit.file(batch, clock());
      await store.onboardings.markFiled(batch);
      counts.filed += batch.length;
    }

    /** One that fails holds up no other. */
    async function oneByOne(batch: readonly Outbox[]): Promise<void> {
      for (const outbox of batch) {
        if (counts.failed >= MOST_FAILURES) return;
        await file([outbox]).catch(() => {
          counts.failed++;
        });
      }
    }

    for (let batches = 0; batches < MOST_BATCHES; batches++) {
      const batch = await store.onboardings.unfiled(BATCH);
      if (batch.length === 0) break;
      await file(batch).catch(() => oneByOne(batch));
      if (batch.length < BATCH || counts.failed > 0) break;
    }
    const last = await store.audit.checkpoints.last();
    return { ...counts, ...(last && { checkpoint: `${last._id}:${last.hash}` }) };
  };
}
