import type { Batch, RowDecision } from '../store/batches.js';
import { effectiveStage } from '../store/deadlines.js';
import { readRows } from './batch-rows.js';
import { DomainError } from './errors.js';
import type { Caller } from './inviting.js';
import type { Services } from './services.js';

export interface BatchRequest {
  caller: Caller;
  /** As they came in, one a person. */
  rows: readonly unknown[];
  at: Date;
}

/** What would become of a row. */
export type RowForecast = RowDecision & { row: number; outcome: NonNullable<RowDecision['outcome']> };

export type Batching = ReturnType<typeof createBatching>;

/** How long an answer waits for Temporal to take the batch (it never waits for a worker). */
const PATIENCE = 1_000;

/** Takes many invitations in one piece. The workflow of the batch makes them, each by the rule of a single one. */
export function createBatching({ store, gateway, log }: Pick<Services, 'store' | 'gateway' | 'log'>) {
  /** Rows are counted when they are handed in: a dry run tells as much of an address as inviting does. */
  async function allow({ caller, rows }: BatchRequest): Promise<void> {
    const allowance = await store.limits.take({ 'batch-rows': caller.id }, rows.length);
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
  }

  async function tell({ _id }: Batch): Promise<void> {
    try {
      await gateway.startBatch(_id, PATIENCE);
      await store.batches.markTold(_id);
    } catch (error) {
      log.warn({ batch: _id, error: error instanceof Error ? error.name : 'unknown' }, 'not told');
    }
  }

  return {
    /**
     * Stores a batch and has its workflow begin. Rows that cannot be read are refused at once, one by one.
     * @param id the batch's: given twice it is one batch
     * @returns the batch, or undefined where it was accepted before
     * @throws DomainError `bad-request` where a row has a field that there is not, `too-many-requests`, `busy`
     */
    async accept(request: BatchRequest & { id: string }): Promise<Batch | undefined> {
      const { caller, rows, at, id } = request;
      const read = readRows(rows);
      await allow(request);
      const { teamId, ...by } = caller;
      const batch = await store.batches.accept(
        { _id: id, teamId, by, createdAt: at, rows: read.length },
        read,
      );
      if (batch === 'being-cleared') throw new DomainError('busy', { retryAfterSeconds: 1 });
      if (batch) await tell(batch);
      return batch;
    },

    /**
     * What would become of each row at this moment. Writes nothing.
     * @throws DomainError as `accept` does, but for `busy`
     */
    async preview(request: BatchRequest): Promise<RowForecast[]> {
      const { caller, rows, at } = request;
      const read = readRows(rows);
      await allow(request);
      const addresses = read.flatMap(({ request }) => (request ? [request.email] : []));
      const holders = await store.onboardings.holdersOf([...new Set(addresses)]);
      const before = new Set<string>();
      return read.map(({ row, request, outcome, ...refusal }): RowForecast => {
        if (!request) return { row, outcome: outcome ?? 'refused', ...refusal };
        const { email } = request;
        const holder = holders.get(email);
        if (holder && effectiveStage(holder, at) !== 'expired') {
          return holder.teamId === caller.teamId
            ? { row, outcome: 'existing', invitationId: holder._id }
            : { row, outcome: 'refused', reason: 'cannot-invite' };
        }
        const repeated = before.has(email);
        before.add(email);
        return { row, outcome: repeated ? 'existing' : 'created' };
      });
    },
  };
}
