import type { Batch } from '../store/batches.js';
import { later } from '../store/steps.js';
import type { AdminServices } from './command.js';
import { MENDED_BY, PATIENCE } from './patience.js';

export interface BatchFinding {
  batch: Batch;
  problem: 'not-told' | 'workflow-missing' | 'workflow-ended' | 'temporal-silent';
  /** A time, or Temporal's word for how the workflow ended. */
  detail?: string;
}

type Doctor = Pick<AdminServices, 'store' | 'gateway' | 'clock'>;

const PIECE = 200;

/** Goes through the batches with rows to decide and yields those that nobody is at. Reads only. */
export async function* diagnoseBatches(doctor: Doctor): AsyncGenerator<BatchFinding> {
  for (let after = ''; ; ) {
    const batches = await doctor.store.batches.open(after, PIECE);
    for (const batch of batches) {
      const finding = await examine(doctor, batch);
      if (finding) yield { batch, ...finding };
    }
    const last = batches.at(-1);
    if (!last) return;
    after = last._id;
  }
}

async function examine(
  { store, gateway, clock }: Doctor,
  { _id, untoldSince }: Batch,
): Promise<Omit<BatchFinding, 'batch'> | undefined> {
  if (untoldSince) {
    if (clock() <= later(untoldSince, MENDED_BY)) return undefined;
    return { problem: 'not-told', detail: `since ${untoldSince.toISOString()}` };
  }
  try {
    const seen = await gateway.seenBatch(_id, PATIENCE);
    if (seen?.status === 'RUNNING') return undefined;
    // It may have come to its end since the batch was read.
    if ((await store.batches.find(_id))?.doneAt) return undefined;
    return seen ? { problem: 'workflow-ended', detail: seen.status } : { problem: 'workflow-missing' };
  } catch {
    return { problem: 'temporal-silent' };
  }
}

/** Has another workflow take the batch up where it stands. @returns false where Temporal has to be seen to first. */
export async function repairBatch(
  { store, gateway }: Doctor,
  { batch, problem }: BatchFinding,
): Promise<boolean> {
  if (problem === 'temporal-silent') return false;
  await gateway.restartBatch(batch._id);
  await store.batches.markTold(batch._id);
  return true;
}
