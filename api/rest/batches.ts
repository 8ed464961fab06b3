import { v4, v5 } from 'uuid';
import type { z } from 'zod';
import type { Batch, BatchRow, RowCounts } from '../../store/batches.js';
import type { Batching, RowForecast } from '../batching.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { cursorOfRow, rowOfCursor } from './cursor.js';
import { type Served, serve } from './operation.js';
import { inviteMany, showBatch } from './operations.js';
import type { batchRow, invitationBatch } from './schemas.js';

/** Namespace of ids made from an Idempotency-Key (RFC 9562 §5.5). */
const NAMESPACE = '0f4b6b52-3a3f-4b62-8d3c-54a1d1c3b7e9';

/** Invites many people a call, and tells what has become of them. */
export function batches({ store }: Pick<Services, 'store'>, batching: Batching): Served[] {
  return [
    serve(inviteMany, async ({ key, at, query: { dryRun }, body: rows, idempotencyKey, crashedAt }) => {
      const caller = { kind: 'api-key' as const, id: key._id, name: key.ownerName, teamId: key.teamId };
      if (dryRun === 'true') {
        const forecast = await batching.preview({ caller, rows, at });
        return { status: 200, body: previewOf(forecast) };
      }
      const id = idempotencyKey === undefined ? v4() : v5(`${key._id}\n${idempotencyKey}`, NAMESPACE);
      // Who crashed may have done it. It is looked for first: its rows have been counted against the caller's allowance.
      const before = () => (crashedAt ? store.batches.find(id) : null);
      const batch = (await before()) ?? (await batching.accept({ id, caller, rows, at })) ?? (await before());
      // Accepted, and nobody crashed: the key is older than its first answer.
      if (!batch) throw new DomainError('idempotency-key-reused');
      return {
        status: 202,
        location: `/api/v1/invitation-batches/${id}`,
        body: batchOf(batch, await store.batches.counts(id)),
      };
    }),

    serve(showBatch, async ({ key, id, query: { outcome, cursor, limit } }) => {
      const batch = await store.batches.find(id);
      if (batch?.teamId !== key.teamId) throw new DomainError('not-found');
      const after = cursor === undefined ? 0 : rowOfCursor(cursor);
      const [counts, found] = await Promise.all([
        store.batches.counts(id),
        store.batches.rows(id, { after, limit: limit + 1, ...(outcome && { outcome }) }),
      ]);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        status: 200,
        body: {
          ...batchOf(batch, counts),
          items: items.map(rowOf),
          ...(found.length > limit && last && { nextCursor: cursorOfRow(last.row) }),
        },
      };
    }),
  ];
}

function batchOf(
  { _id, createdAt, rows, waitsUntil, doneAt }: Batch,
  counts: RowCounts,
): z.output<typeof invitationBatch> {
  const pending = rows - counts.created - counts.existing - counts.refused;
  return {
    id: _id,
    createdAt: createdAt.toISOString(),
    state: doneAt ? 'done' : waitsUntil ? 'waiting' : 'running',
    ...(waitsUntil && { waitsUntil: waitsUntil.toISOString() }),
    rows,
    counts: { pending, ...counts },
  };
}

const rowOf = ({
  row,
  outcome = 'pending',
  reason,
  field,
  invitationId,
}: Omit<BatchRow, '_id' | 'batchId' | 'outcome'> & {
  outcome?: BatchRow['outcome'] | 'pending' | undefined;
}): z.output<typeof batchRow> => ({
  row,
  outcome,
  ...(reason !== undefined && { reason }),
  ...(field !== undefined && { field }),
  ...(invitationId !== undefined && { invitationId }),
});

/** What is new needs no line of its own. */
function previewOf(forecast: readonly RowForecast[]) {
  const count = (wanted: RowForecast['outcome']) =>
    forecast.filter(({ outcome }) => outcome === wanted).length;
  return {
    rows: forecast.length,
    counts: { created: count('created'), existing: count('existing'), refused: count('refused') },
    items: forecast.filter(({ outcome }) => outcome !== 'created').map(rowOf),
  };
}
