import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Connection } from 'mongoose';
import { connect } from '../../store/connect.js';
import { migrate } from '../../store/migrate.js';
import { MIGRATIONS } from '../../store/migrations/index.js';
import type { Migration } from '../../store/migrations/migration.js';
import { openStore, type Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { eventually } from '../support/eventually.js';
import { onboardingAt, T0 } from '../support/onboardings.js';
import { freshDatabase } from '../support/store.js';

const ids = MIGRATIONS.map(({ id }) => id);

describe('migrating the database', function () {
  this.timeout(60_000);
  let uri: string;
  let connection: Connection;
  let store: Store | undefined;
  let said: string[];
  beforeEach(async () => {
    uri = await freshDatabase();
    connection = await connect({ uri });
    said = [];
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    await connection.close();
  });

  const report = (line: string) => said.push(line);
  const run = (migrations?: readonly Migration[]) =>
    migrate({ uri, report, ...(migrations && { migrations }) });
  const rows = () => connection.collection<{ _id: string; owner?: string; until?: Date }>('migrations');
  const open = async () => {
    store = await openStore({ uri, policy });
    return store;
  };

  it('does everything on an empty database, in order and once', async () => {
    assert.deepEqual(await run(), ids);
    assert.deepEqual([...ids], [...ids].sort());
    assert.deepEqual(await run(), []);
    assert.deepEqual((await rows().find().toArray()).map(({ _id }) => _id).sort(), ids);
    const indexes = await connection.collection('onboardings').indexes();
    assert.ok(indexes.some(({ key, unique }) => unique && 'emailSlot' in key));
    await open();
  });

  it('waits for a database that takes long over a large collection', async () => {
    let within: number | undefined;
    const large: Migration = {
      id: '999-a-large-index',
      run: async (migrating) => {
        within = migrating.getClient().options.socketTimeoutMS;
      },
    };
    await run([large]);
    assert.equal(within, 0, 'no end to the wait for an answer');
    assert.equal(connection.getClient().options.socketTimeoutMS, 10_000, 'elsewhere there is one');
  });

  it('converts what an older version has left: a trail without checkpoints, indexes without a record', async () => {
    const [first] = MIGRATIONS;
    assert.ok(first);
    await run([first]);
    // As the version before it had the database: with data, and without a list of migrations.
    await run();
    const older = await open();
    const filed = [];
    for (let n = 0; n < 3; n++) filed.push(await older.onboardings.insert(onboardingAt('invited')));
    await older.audit.file(filed, T0);
    await older.audit.checkpoints.model.collection.drop();
    await rows().deleteMany({});
    await older.close();

    assert.deepEqual(await run(), ids);
    const newer = await open();
    assert.equal((await newer.audit.checkpoints.last())?.heads.length, 3);
    await newer.audit.model.deleteOne({ chain: filed[1]?._id ?? '' });
    const breaks = [];
    for await (const { kind } of newer.audit.breaks()) breaks.push(kind);
    assert.deepEqual(breaks, ['sealed-row']);
  });

  it('is done by one of several who begin at once', async () => {
    const done = await Promise.all([run(), run(), run()]);
    assert.deepEqual(done.flat(), ids);
    assert.deepEqual(await run(), []);
  });

  it('waits for another runner, and says so', async () => {
    await rows().insertOne({ _id: 'lock', owner: 'another', until: new Date(Date.now() + 60_000) });
    const running = run();
    await eventually('it says that it waits', async () => said.some((line) => /waiting/.test(line)));
    assert.equal(await rows().countDocuments(), 1, 'nothing is done meanwhile');
    await rows().deleteOne({ _id: 'lock' });
    assert.deepEqual(await running, ids);
  });

  it('takes over from a runner that crashed, and leaves no lock', async () => {
    await rows().insertOne({ _id: 'lock', owner: 'crashed', until: new Date(Date.now() - 1) });
    assert.deepEqual(await run(), ids);
    assert.equal(await rows().countDocuments({ _id: 'lock' }), 0);
  });

  it('stops at one that fails, keeps what was done before it, and goes on from there', async () => {
    let fails = true;
    const added: Migration = {
      id: '900-added',
      async run() {
        if (fails) throw new Error('no');
      },
    };
    const migrations = [...MIGRATIONS, added];
    await assert.rejects(run(migrations), /no/);
    fails = false;
    assert.deepEqual(await run(migrations), ['900-added']);
  });

  it('records nothing when another runner has taken over meanwhile', async () => {
    const slow: Migration = {
      id: '900-slow',
      async run() {
        await rows().updateOne({ _id: 'lock' }, { $set: { owner: 'another' } });
      },
    };
    await assert.rejects(run([slow]), /taken over/);
    assert.deepEqual(
      (await rows().find().toArray()).map(({ owner }) => owner),
      ['another'],
    );
  });

  it('is asked for by name where the database is behind, and is not needed where it is ahead', async () => {
    await assert.rejects(open(), /behind this version \(001-.*002-.*npm run migrate/);
    await run();
    await rows().insertOne({ _id: '999-of-a-later-version' });
    await open();
  });

  it('is asked for by a process that will not start', async () => {
    const child = spawn(process.execPath, ['dist/api/main.js'], {
      env: {
        ...process.env,
        MONGODB_URI: uri,
        SECRET_KEYS: Buffer.alloc(32, 'k').toString('base64'),
        PLIVO_AUTH_TOKEN: 'token',
        PORT: '0',
      },
    });
    const complaint = text(child.stderr);
    const [code] = await once(child, 'exit');
    assert.notEqual(code, 0);
    assert.match(await complaint, /DatabaseBehindError.*npm run migrate/);
  });
});
