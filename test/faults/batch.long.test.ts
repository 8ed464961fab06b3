import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import type { ActivityDependencies } from '../../activities/index.js';
import { openStore, type Store } from '../../store/open.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { createGateway } from '../../workflows/client/gateway.js';
import { batchIn, handIn, newRows, untilCreated, untilDone } from '../support/batches.js';
import { eventually } from '../support/eventually.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';
import { doctorFindings } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

const ROWS = 80;

/** A try that ends in the middle, with the invitation made and the row not yet told of it. */
function dyingAfter(invitations: number): (real: ActivityDependencies) => ActivityDependencies {
  let left = invitations;
  return (real) => {
    const decide: ActivityDependencies['store']['batches']['decide'] = (...args) => {
      if (left-- === 0) throw new Error('The worker is gone');
      return real.store.batches.decide(...args);
    };
    return { ...real, store: { ...real.store, batches: { ...real.store.batches, decide } } };
  };
}

/** Nobody is lost and nobody invited twice: every row has its own invitation, every address its own mail. */
async function assertWhole(
  world: Pick<World, 'url' | 'apiKey' | 'inbox'>,
  { store, id }: { store: Store; id: string },
): Promise<void> {
  const { counts, items } = await untilDone(world, id, 90_000);
  assert.deepEqual(counts, { pending: 0, created: ROWS, existing: 0, refused: 0 });
  assert.equal(new Set(items.map(({ invitationId }) => invitationId)).size, ROWS);
  assert.equal(await store.onboardings.model.countDocuments({ role: 'clinician' }), ROWS);
  const { mails } = world.inbox;
  await eventually(
    'everybody has a mail',
    async () => new Set(mails.map(({ to }) => to)).size === ROWS,
    90_000,
  );
  assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, ROWS);
}

describe('a batch in the middle of which', function () {
  this.timeout(240_000);

  it('a try fails and the worker is stopped is taken up again, and the doctor finds nothing', async () => {
    const world = await startWorld({ dependencies: dyingAfter(10) });
    try {
      const id = await handIn(world, newRows(ROWS));
      await untilCreated(world, id, 16);
      await world.stopWorker();
      const { counts } = await batchIn(world, id);
      assert.ok(counts.pending > 0, `stopped in the middle: ${JSON.stringify(counts)}`);
      await world.startWorker();
      await assertWhole(world, { store: world.store, id });
      assert.equal(world.inbox.mails.length, ROWS);
      await world.sweep();
      assert.deepEqual(await doctorFindings(world), []);
    } finally {
      await world.stop();
    }
  });

  it('worker, api, Temporal and database are killed, one after the other, is taken up again', async () => {
    const world: LocalWorld = await startLocalWorld({ SWEEP_SECONDS: '1' });
    let store: Store | undefined;
    let connection: Connection | undefined;
    try {
      // Handed in, and the api dies; nobody is there yet to carry it out.
      await world.worker.kill();
      const id = await handIn(world, newRows(ROWS));
      await world.api.kill();
      world.worker = await world.startWorker();
      world.api = await world.startApi();
      await untilCreated(world, id, 5);
      await world.worker.kill();
      world.worker = await world.startWorker();
      await untilCreated(world, id, 15);
      await world.temporal.kill();
      world.temporal = await world.startTemporal();
      await untilCreated(world, id, 25);
      await world.mongodb.kill();
      world.mongodb = await world.startMongodb();

      store = await openStore({ uri: world.mongodb.uri, policy: DEFAULT_POLICY });
      await assertWhole(world, { store, id });
      connection = await Connection.connect({ address: world.temporal.address });
      const gateway = createGateway(new Client({ connection }));
      const doctor = { store, policy: DEFAULT_POLICY, gateway, now: () => new Date() };
      assert.deepEqual(await doctorFindings(doctor), []);
    } finally {
      await connection?.close();
      await store?.close();
      await world.stop();
    }
  });
});
