import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Store } from '../../store/open.js';
import { newRows } from '../support/batches.js';
import { SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

const HOUR = 3_600 * SECOND;

describe('a batch that a crash has left half stored', function () {
  this.timeout(60_000);
  let store: Store;
  before(async () => {
    store = await freshStore();
  });
  after(() => store?.close());

  const rows = newRows(3).map((request, n) => ({
    row: n + 1,
    request: { ...request, role: 'clinician' as const, locale: 'en' },
  }));
  const batchOf = (_id: string, createdAt: Date) => ({
    _id,
    teamId: 'team',
    by: { kind: 'api-key' as const, id: 'key', name: 'Dr Lee' },
    createdAt,
    rows: rows.length,
  });
  /** Begun at T0; two of its rows are there. */
  async function halfStored(): Promise<string> {
    const id = randomUUID();
    await store.batches.model.insertOne(batchOf(id, T0));
    for (const row of rows.slice(0, 2))
      await store.batches.rowModel.insertOne({ _id: `${id}.${row.row}`, batchId: id, ...row });
    return id;
  }
  const accept = (id: string, at: Date) => store.batches.accept(batchOf(id, at), rows);
  const clear = (at: Date) => store.batches.clearAbandoned(new Date(at.getTime() - HOUR), 100);
  const rowsOf = (id: string) => store.batches.rowModel.countDocuments({ batchId: id });
  const exists = async (id: string) => (await store.batches.model.countDocuments({ _id: id })) === 1;

  /** Does something when the next call of a function has done its work. */
  function afterNext<Owner extends object, Name extends keyof Owner>(
    owner: Owner,
    name: Name,
    then: () => Promise<unknown>,
  ): void {
    const real = owner[name] as (...args: unknown[]) => Promise<unknown>;
    owner[name] = (async (...args: unknown[]) => {
      owner[name] = real as Owner[Name];
      const result = await real.apply(owner, args);
      await then();
      return result;
    }) as Owner[Name];
  }

  it('is cleared away after an hour, and no sooner', async () => {
    const id = await halfStored();
    await clear(sinceT0(HOUR - SECOND));
    assert.deepEqual([await exists(id), await rowsOf(id)], [true, 2]);
    await clear(sinceT0(HOUR));
    assert.deepEqual([await exists(id), await rowsOf(id)], [false, 0]);
  });

  it('is whole when it is begun again just as the sweeper comes by', async () => {
    const id = await halfStored();
    const at = sinceT0(HOUR + SECOND);
    afterNext(store.batches.rowModel.collection, 'insertMany', () => clear(at));
    const batch = await accept(id, at);
    assert.ok(typeof batch === 'object');
    assert.deepEqual([batch.acceptedAt, batch.createdAt], [at, at]);
    assert.equal(await rowsOf(id), rows.length);
  });

  it('is begun again only when it has been cleared away whole', async () => {
    const id = await halfStored();
    const at = sinceT0(HOUR + SECOND);
    let meanwhile: Awaited<ReturnType<typeof accept>>;
    // The sweeper has decided, and is at the rows.
    afterNext(store.batches.model, 'updateOne', async () => {
      meanwhile = await accept(id, at);
    });
    await clear(at);
    assert.equal(meanwhile, 'being-cleared');
    assert.deepEqual([await exists(id), await rowsOf(id)], [false, 0]);
    assert.ok(typeof (await accept(id, at)) === 'object');
    assert.equal(await rowsOf(id), rows.length);
    assert.equal(await accept(id, at), undefined, 'accepted before');
  });

  it('leaves no row behind when the sweeper crashes over it', async () => {
    const id = await halfStored();
    const gone = () => Promise.reject(new Error('The worker is gone'));
    for (const place of ['updateOne', 'deleteMany'] as const) {
      const owner = place === 'updateOne' ? store.batches.model : store.batches.rowModel;
      afterNext(owner, place, gone);
      await assert.rejects(clear(sinceT0(HOUR)), /The worker is gone/);
    }
    assert.ok(await exists(id), 'it leads to the rows until they are gone');
    await clear(sinceT0(HOUR));
    assert.deepEqual([await exists(id), await rowsOf(id)], [false, 0]);
  });
});
