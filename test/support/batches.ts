import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call } from '../rest/calls.js';
import { eventually } from './eventually.js';
import { newEmail } from './journey.js';
import type { World } from './world.js';

type Door = Pick<World, 'url' | 'apiKey'>;

export interface BatchAnswer {
  id: string;
  state: 'running' | 'waiting' | 'done';
  rows: number;
  counts: { pending: number; created: number; existing: number; refused: number };
  items: { row: number; outcome: string; reason?: string; field?: string; invitationId?: string }[];
  nextCursor?: string;
}

/** As many rows about new people. */
export const newRows = (count: number): { email: string; firstName: string }[] =>
  Array.from({ length: count }, (_, n) => ({ email: newEmail(), firstName: `Canary${n}` }));

/** Hands in a batch. @returns its id */
export async function handIn(door: Door, rows: unknown): Promise<string> {
  const answer = await call(door, 'inviteMany', { body: rows });
  assert.equal(answer.status, 202, answer.body);
  assert.equal(answer.headers.location, `/api/v1/invitation-batches/${answer.json['id']}`);
  return String(answer.json['id']);
}

/** The batch with all its rows. */
export async function batchIn(door: Door, id: string): Promise<BatchAnswer> {
  const items: BatchAnswer['items'] = [];
  let query = 'limit=100';
  for (;;) {
    const answer = await call(door, 'showBatch', { id, query });
    assert.equal(answer.status, 200, answer.body);
    const page = answer.json as unknown as BatchAnswer;
    items.push(...page.items);
    if (!page.nextCursor) return { ...page, items };
    query = `limit=100&cursor=${page.nextCursor}`;
  }
}

/** Milliseconds between two looks at a batch through the API, well within what one key may ask in a minute. */
const PACE = 250;

export const untilDone = (door: Door, id: string, within?: number): Promise<BatchAnswer> =>
  eventually(
    'the batch is done',
    async () => {
      const { json } = await call(door, 'showBatch', { id, query: 'limit=1' });
      return json['state'] === 'done' && batchIn(door, id);
    },
    within,
    PACE,
  );

/** The batch once so many are invited, and perhaps not all. */
export const untilCreated = (door: Door, id: string, least: number): Promise<BatchAnswer> =>
  eventually(
    `${least} are invited`,
    async () => {
      const batch = await batchIn(door, id);
      return batch.counts.created >= least && batch;
    },
    60_000,
    PACE,
  );

/** A batch as it stands when it has been handed in, without a request. */
export async function storedBatch(
  world: Pick<World, 'store' | 'now'>,
  { teamId = 'demo', ...who }: { teamId?: string; email?: string; firstName?: string } = {},
): Promise<string> {
  const id = randomUUID();
  const batch = await world.store.batches.accept(
    {
      _id: id,
      teamId,
      by: { kind: 'api-key', id: 'demo', name: 'Dr Alex Morgan' },
      createdAt: world.now(),
      rows: 1,
    },
    [{ row: 1, request: { email: newEmail(), ...who, role: 'clinician', locale: 'en' } }],
  );
  assert.ok(typeof batch === 'object');
  return id;
}
