import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import mongoose from 'mongoose';
import { type MongoService, startMongo } from '../../dev/services/mongodb.js';
import { newDir } from './services-support.js';

/** These hold for whichever source the machine has: the stand-in has to give what MongoDB gives. */
describe('the local MongoDB', function () {
  this.timeout(120_000); // the first start may fetch it

  let dataDir: string;
  let mongo: MongoService;
  let client: mongoose.mongo.MongoClient;
  before(async () => {
    dataDir = newDir();
    await start();
  });
  after(async () => {
    await client.close();
    await mongo.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(port?: number) {
    mongo = await startMongo({ dataDir, ...(port && { port }), env: process.env, report: () => {} });
    client = await mongoose.mongo.MongoClient.connect(mongo.uri, { serverSelectionTimeoutMS: 1_000 });
  }

  it('keeps every acknowledged write when killed, and comes back on the same port', async () => {
    for (let round = 0; round < 2; round += 1) {
      const things = client.db().collection<{ _id: string }>('things');
      const acknowledged: string[] = [];
      const writers = [1, 2, 3, 4, 5, 6, 7, 8].map(async (writer) => {
        for (let n = 0; ; n += 1) {
          const _id = `${round}-${writer}-${n}`;
          await things.insertOne({ _id });
          acknowledged.push(_id);
          if (acknowledged.length === 300) await mongo.kill();
        }
      });
      await Promise.allSettled(writers);
      await client.close();
      await start(Number(new URL(mongo.uri).port));

      assert.ok(acknowledged.length >= 300);
      const kept = new Set(await client.db().collection<{ _id: string }>('things').distinct('_id'));
      assert.deepEqual(
        acknowledged.filter((_id) => !kept.has(_id)),
        [],
      );
    }
  });

  it('says what time it has', async () => {
    const { localTime } = await client.db().admin().command({ hello: 1 });
    assert.ok(localTime instanceof Date);
    assert.ok(Math.abs(localTime.getTime() - Date.now()) < 2_000);
  });

  it('keeps documents and their unique indexes in step when killed amid a large write', async () => {
    const batch = Array.from({ length: 1_000 }, (_, n) => ({ a: `a${n}`, b: `b${n}`, c: `c${n}` }));
    for (const key of ['a', 'b', 'c'])
      await client
        .db()
        .collection('slots')
        .createIndex({ [key]: 1 }, { unique: true });
    for (let round = 0; round < 2; round += 1) {
      const large = client.db().collection('slots').insertMany(batch);
      let small = 0;
      const others = [1, 2].map(async (writer) => {
        for (;;) {
          await client
            .db()
            .collection<{ _id: string }>('others')
            .insertOne({ _id: `${round}-${writer}-${small}` });
          small += 1;
          if (small === 20) await mongo.kill();
        }
      });
      await Promise.allSettled([large, ...others]);
      await client.close();
      await start(Number(new URL(mongo.uri).port));

      // An entry left behind in an index would refuse the value to everyone from now on.
      const slots = client.db().collection('slots');
      await slots.deleteMany({});
      assert.equal((await slots.insertMany(batch)).insertedCount, batch.length);
      await slots.deleteMany({});
    }
  });

  it('lets one of fifty rival conditional updates win', async () => {
    const things = client.db().collection<{ _id: string; seq: number; by?: number }>('rivals');
    for (let round = 0; round < 5; round += 1) {
      const _id = `r${round}`;
      await things.insertOne({ _id, seq: 0 });
      const rivals = Array.from({ length: 50 }, (_, by) =>
        things.findOneAndUpdate(
          { _id, seq: 0 },
          { $inc: { seq: 1 }, $set: { by } },
          { returnDocument: 'after' },
        ),
      );
      const winners = (await Promise.all(rivals)).filter(Boolean);

      assert.equal(winners.length, 1);
      assert.deepEqual(winners[0], await things.findOne({ _id }));
    }
  });

  it('accepts one of sixty-four rival inserts of a unique value', async () => {
    const slots = client.db().collection('unique');
    await slots.createIndex({ slot: 1 }, { unique: true, sparse: true });
    const rivals = await Promise.allSettled(
      Array.from({ length: 64 }, () => slots.insertOne({ slot: 'someone@example.org' })),
    );
    const refusals = rivals.filter((rival) => rival.status === 'rejected').map(({ reason }) => reason.code);

    assert.deepEqual(refusals, Array(63).fill(11000));
    assert.equal(await slots.countDocuments(), 1);
  });

  it('takes the first writes of new collections at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const fresh = client.db().collection(`fresh${round}`);
      const first = Array.from({ length: 20 }, (_, n) => fresh.insertOne({ n }));
      await Promise.all([
        fresh.createIndex({ m: 1 }, { sparse: true }),
        ...first,
        fresh.createIndex({ n: 1 }),
      ]);

      assert.equal(await fresh.countDocuments(), 20);
    }
  });

  it('never shows half of an update', async () => {
    const pairs = client
      .db()
      .collection<{ _id: string; left: number; right: number; log: number[] }>('pairs');
    await pairs.insertOne({ _id: 'pair', left: 0, right: 0, log: [] });
    const change = { $inc: { left: 1, right: 1 }, $push: { log: { $each: [1, 2, 3], $slice: -300 } } };
    const changes = Array.from({ length: 600 }, () =>
      pairs.findOneAndUpdate({ _id: 'pair' }, change, { returnDocument: 'after' }),
    );
    const reads = Array.from({ length: 1_200 }, () => pairs.findOne({ _id: 'pair' }));
    const seen = await Promise.all([...changes, ...reads]);

    for (const pair of seen)
      assert.deepEqual([pair?.left, pair?.log.length], [pair?.right, Math.min(300, (pair?.left ?? 0) * 3)]);
    assert.equal(new Set((await Promise.all(changes)).map((pair) => pair?.left)).size, 600);
  });

  it('finds the same with indexes as without, after changes, deletions and another start too', async () => {
    interface Thing {
      _id: string;
      team: string | null;
      chain: string;
      seq: number;
      at?: Date;
      links: { id: string }[];
    }
    const collections = () => ['plain', 'indexed'].map((name) => client.db().collection<Thing>(name));
    const indexes = [{ team: 1, at: -1 }, { 'links.id': 1 }, { at: 1 }, { 'needs.since': 1 }] as const;
    for (const index of indexes) await client.db().collection('indexed').createIndex(index, { sparse: true });
    await client.db().collection('indexed').createIndex({ chain: 1, seq: 1 }, { unique: true });
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    const documents = Array.from({ length: 60 }, (_, n) => ({
      _id: `d${n}`,
      team: n % 4 ? `t${n % 3}` : null,
      chain: `c${n % 5}`,
      seq: n,
      ...(n % 2 && { at: day(n) }),
      links: Array.from({ length: n % 4 }, (_, link) => ({ id: `l${n % 7}-${link}` })),
      ...(n % 6 === 0 && { needs: { since: day(n) } }),
    }));
    const queries: mongoose.mongo.Filter<Thing>[] = [
      { team: 't1' },
      { team: null },
      { team: { $ne: 't1' } },
      { team: { $in: ['t0', 't2'] }, at: { $exists: true } },
      { team: { $in: ['t0', null] } },
      { team: /^t[01]/ },
      { 'links.id': 'l3-1' },
      { links: [{ id: 'l1-0' }] },
      { at: { $lte: day(20) } },
      { at: { $gt: day(9), $lt: day(21) } },
      { at: { $gte: day(9) }, $or: [{ team: 't0' }, { 'needs.since': { $exists: true } }] },
      { at: { $exists: false } },
      { $and: [{ team: 't2' }, { at: { $gt: day(30) } }] },
      { 'needs.since': { $exists: true } },
      { _id: 'd7', team: 't1' },
      { _id: 'd7', team: 't0' },
      { _id: { $gt: 'd5' }, team: 't0' },
      { chain: 'c2' },
      { chain: 'c2', seq: 7 },
      { chain: 'c2', seq: { $gt: 20 } },
    ];
    const same = async () => {
      for (const query of queries) {
        const [plain, indexed] = await Promise.all(
          collections().map((things) => things.find(query).sort({ seq: -1 }).limit(20).toArray()),
        );
        assert.deepEqual(indexed, plain, JSON.stringify(query));
      }
    };

    for (const things of collections()) await things.insertMany(documents);
    await same();
    for (const things of collections()) {
      await things.updateMany({ team: 't1' }, { $set: { team: 't2' }, $unset: { at: 1 } });
      await things.updateOne({ _id: 'd9', 'links.id': 'l2-0' }, { $push: { links: { id: 'l3-1' } } });
      await things.findOneAndUpdate(
        { at: { $lte: day(9) } },
        { $set: { at: day(40) } },
        { sort: { _id: 1 } },
      );
      await things.deleteMany({ chain: 'c2', team: 't0' });
    }
    await same();
    await client.close();
    await mongo.stop();
    await start();
    await same();
  });

  it('refuses a port that another program has', async () => {
    const port = Number(new URL(mongo.uri).port);
    const second = newDir();

    await assert.rejects(startMongo({ dataDir: second, port, env: process.env, report: () => {} }), {
      message: `MongoDB cannot start: port ${port} is in use by another program.`,
    });
    await rm(second, { recursive: true });
  });
});
