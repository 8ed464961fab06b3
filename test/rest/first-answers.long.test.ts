import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { later } from '../../store/steps.js';
import { dumpOf } from '../security/dump.js';
import { personAt } from '../security/people.js';
import { newRows } from '../support/batches.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { call, type JsonAnswer, newKey } from './calls.js';

const reason = 'Asked for it by phone';
const DAY = 24 * 3_600_000;

describe('the first answer to a request with an Idempotency-Key', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    // A clock that stands would hide what is told apart by two looks at it.
    world = await startWorld({
      worker: false,
      ticks: true,
      limits: { 'batch-rows': { points: 5, duration: 3_600 } },
    });
    world.advance(0);
    Object.assign(world.gateway, { act: async () => undefined });
  });
  after(() => world?.stop());

  const withKey = (key: string, operation: string, given: { id?: string; body: unknown }) =>
    call(world, operation, { ...given, headers: { 'idempotency-key': key } });
  const essence = ({ status, headers, body }: JsonAnswer) => [
    status,
    headers['content-type'],
    headers.location,
    body,
  ];
  const events = async (id: string) =>
    (await world.store.onboardings.find(id))?.outbox.map(({ type }) => type);

  it('is given again, though the invitation has moved on', async () => {
    const { id } = await personAt(world, 'invited');
    const key = randomUUID();
    const first = await withKey(key, 'revoke', { id, body: { reason } });
    assert.equal(first.status, 200);
    await world.store.onboardings.model.updateOne(
      { _id: id },
      { $set: { stage: 'expired', firstName: 'Else' } },
    );
    assert.deepEqual(essence(await withKey(key, 'revoke', { id, body: { reason } })), essence(first));
    assert.deepEqual(await events(id), ['invited', 'revoked']);
  });

  it('is given again where it was “invited before”', async () => {
    const email = newEmail();
    assert.equal((await call(world, 'invitePerson', { body: { email } })).status, 201);
    const key = randomUUID();
    const first = await withKey(key, 'invitePerson', { body: { email } });
    assert.equal(first.status, 200);
    await world.store.onboardings.model.updateOne({ email }, { $set: { firstName: 'Else' } });
    assert.deepEqual(essence(await withKey(key, 'invitePerson', { body: { email } })), essence(first));
  });

  it('is the same for 20 at once, and there is one effect', async () => {
    const { id } = await personAt(world, 'invited');
    world.advance(31_000);
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => withKey(key, 'resend', { id, body: { reason } })),
    );
    const [first] = answers;
    assert.equal(first?.status, 200);
    for (const each of answers) assert.deepEqual(essence(each), essence(first));
    assert.deepEqual(await events(id), ['invited', 'resent']);
  });

  it('is no answer to another body, action, invitation or caller', async () => {
    const [one, other] = [await personAt(world, 'invited'), await personAt(world, 'invited')];
    const key = randomUUID();
    const { id } = one;
    const body = { reason };
    assert.equal((await withKey(key, 'revoke', { id, body })).status, 200);
    for (const [operation, given] of [
      ['revoke', { id, body: { reason: 'another' } }],
      ['revoke', { id: other.id, body }],
      ['resend', { id, body }],
      ['invitePerson', { body: { email: newEmail() } }],
    ] as const) {
      const answer = await withKey(key, operation, given);
      assert.deepEqual([answer.status, answer.json['type']], [422, 'urn:problem:idempotency-key-reused']);
    }
    assert.deepEqual(await events(other.id), ['invited']);
    const { key: apiKey } = await newKey(world);
    const headers = { 'idempotency-key': key };
    const mine = await call({ url: world.url, apiKey }, 'revoke', { id: other.id, body, headers });
    assert.equal(mine.status, 200);
  });

  it('is the same for the same body written another way', async () => {
    const key = randomUUID();
    const email = newEmail();
    const first = await withKey(key, 'invitePerson', { body: `{"email":"${email}","firstName":"Sam"}` });
    assert.equal(first.status, 201);
    const again = await withKey(key, 'invitePerson', {
      body: `{ "firstName": "S\\u0061m", "locale": "en", "email": "${email}" }`,
    });
    assert.deepEqual(essence(again), essence(first));
  });

  it('is kept where it is a refusal that stands', async () => {
    const { id } = await personAt(world, 'active');
    const key = randomUUID();
    const first = await withKey(key, 'revoke', { id, body: { reason } });
    assert.equal(first.status, 409);
    await world.store.onboardings.model.updateOne({ _id: id }, { $set: { stage: 'invited' } });
    assert.deepEqual(essence(await withKey(key, 'revoke', { id, body: { reason } })), essence(first));
  });

  it('is not kept where it was “not now” or “not so”', async () => {
    const { id } = await personAt(world, 'invited');
    const key = randomUUID();
    assert.equal((await withKey(key, 'resend', { id, body: { reason } })).status, 429);
    world.advance(31_000);
    assert.equal((await withKey(key, 'resend', { id, body: { reason } })).status, 200);
    const next = randomUUID();
    assert.equal((await withKey(next, 'invitePerson', { body: { email: 'no address' } })).status, 400);
    assert.equal((await withKey(next, 'invitePerson', { body: { email: newEmail() } })).status, 201);
  });

  it('is forgotten after a day', async () => {
    const { id } = await personAt(world, 'invited');
    const key = randomUUID();
    world.advance(31_000);
    assert.equal((await withKey(key, 'resend', { id, body: { reason } })).status, 200);
    world.advance(DAY - 1_000);
    assert.equal((await withKey(key, 'resend', { id, body: { reason } })).status, 200);
    assert.deepEqual(await events(id), ['invited', 'resent']);
    world.advance(1_000);
    assert.equal((await withKey(key, 'resend', { id, body: { reason } })).status, 200);
    assert.deepEqual(await events(id), ['invited', 'resent', 'resent']);
  });

  describe('that is forgotten, of an invitation', () => {
    const invited = async () => {
      const key = randomUUID();
      const body = { email: newEmail() };
      const { status, json } = await withKey(key, 'invitePerson', { body });
      assert.equal(status, 201);
      return { key, body, id: String(json['id']) };
    };

    it('is “invited before” while that invitation leads on, with the stage that it is at', async () => {
      const { key, body, id } = await invited();
      world.advance(DAY);
      const open = await withKey(key, 'invitePerson', { body });
      assert.deepEqual([open.status, open.json['id'], open.json['stage']], [200, id, 'invited']);
      await world.store.onboardings.model.updateOne({ _id: id }, { $set: { stage: 'active' } });
      world.advance(DAY);
      const active = await withKey(key, 'invitePerson', { body });
      assert.deepEqual([active.status, active.json['stage']], [200, 'active']);
    });

    for (const [end, over] of [
      ['was revoked', async (id: string) => void (await call(world, 'revoke', { id, body: { reason } }))],
      ['has expired', async () => world.advance(7 * DAY)],
    ] as const) {
      it(`is a refusal where it ${end}: nobody would be mailed`, async () => {
        const { key, body, id } = await invited();
        await over(id);
        world.advance(DAY);
        const old = await withKey(key, 'invitePerson', { body });
        assert.deepEqual([old.status, old.json['type']], [422, 'urn:problem:idempotency-key-reused']);
        const anew = await withKey(randomUUID(), 'invitePerson', { body });
        assert.equal(anew.status, 201);
        assert.notEqual(anew.json['id'], id);
      });
    }
  });

  describe('that a crash has kept from being given', () => {
    /** Begins as a process would, and never answers. */
    const crash = async (idempotencyKey: string, request: unknown[]) => {
      const call = { caller: 'demo', key: idempotencyKey, request: JSON.stringify(request) };
      assert.equal((await world.store.idempotency.claim(call, world.now())).is, 'ours');
    };

    it('is worked out by the next repeat: it was not done', async () => {
      const { id } = await personAt(world, 'invited');
      const key = randomUUID();
      await crash(key, ['revoke', id, { reason }]);
      world.advance(30_000);
      assert.equal((await withKey(key, 'revoke', { id, body: { reason } })).status, 200);
      assert.deepEqual(await events(id), ['invited', 'revoked']);
    });

    type Part = Record<string, (...args: never[]) => Promise<unknown>>;
    interface Fault {
      /** Where it comes: in the middle of the deed, with the write done, or when there is but the answer to keep. */
      after: 'the write' | 'the deed';
      failure: Error;
    }
    /** A request of which nobody hears again. */
    async function unheard(
      operation: string,
      { key, ...given }: { key: string; id?: string; body: unknown },
      { after, failure }: Fault,
    ): Promise<void> {
      const { onboardings, batches, idempotency } = world.store;
      const write: [Part, string] =
        operation === 'inviteMany'
          ? [batches as unknown as Part, 'accept']
          : [onboardings as unknown as Part, operation === 'invitePerson' ? 'insert' : 'take'];
      const [part, name] = after === 'the write' ? write : [idempotency as unknown as Part, 'keep'];
      const { [name]: real } = part;
      assert.ok(real);
      part[name] = async (...args: never[]) => {
        if (after === 'the write') await real.apply(part, args);
        throw failure;
      };
      try {
        const { status } = await withKey(key, operation, given);
        assert.ok(status >= 500, `${status}`);
      } finally {
        part[name] = real;
      }
    }
    const outage = new mongoose.mongo.MongoNetworkError('The connection is gone');
    const FAULTS: Record<string, Fault> = {
      'the process died': { after: 'the deed', failure: new Error('The process is gone') },
      'the database was away when the answer was to be kept': { after: 'the deed', failure: outage },
      'the database was away when the write had just been done': { after: 'the write', failure: outage },
    };
    const ACTIONS = [
      ['new-window', 'newWindow', 'blocked', 'window-opened'],
      ['resend', 'resend', 'invited', 'resent'],
      ['revoke', 'revoke', 'invited', 'revoked'],
      ['suspend', 'suspend', 'active', 'suspended'],
    ] as const;

    for (const [what, fault] of Object.entries(FAULTS)) {
      describe(`where ${what}`, () => {
        for (const [name, operation, stage, event] of ACTIONS) {
          it(`is worked out by the next repeat: ${name} was done, and is not done again`, async () => {
            const { id } = await personAt(world, stage);
            world.advance(31_000);
            const key = randomUUID();
            const body = { reason };
            // Twice: whoever came to find out has gone the same way.
            await unheard(operation, { key, id, body }, fault);
            world.advance(31_000);
            await unheard(operation, { key, id, body }, { ...fault, after: 'the deed' });
            world.advance(31_000);
            const answer = await withKey(key, operation, { id, body });
            assert.equal(answer.status, 202);
            assert.deepEqual(await events(id), ['invited', event]);
            assert.deepEqual(essence(await withKey(key, operation, { id, body })), essence(answer));
          });
        }

        it('is worked out by the next repeat: the batch was accepted, and its allowance is used up', async () => {
          const key = randomUUID();
          const body = newRows(3);
          await world.store.limits.forget({ 'batch-rows': 'demo' });
          await unheard('inviteMany', { key, body }, fault);
          world.advance(31_000);
          const answer = await withKey(key, 'inviteMany', { body });
          assert.equal(answer.status, 202, answer.body);
          assert.equal(
            await world.store.batches.rowModel.countDocuments({ batchId: String(answer.json['id']) }),
            3,
          );
          assert.deepEqual(essence(await withKey(key, 'inviteMany', { body })), essence(answer));
        });

        it('is worked out by the next repeat: somebody was invited, and that is the answer', async () => {
          const key = randomUUID();
          const body = { email: newEmail() };
          await unheard('invitePerson', { key, body }, fault);
          const invited = await world.store.onboardings.findByEmail(body.email);
          await call(world, 'revoke', { id: invited?._id ?? '', body: { reason } });
          world.advance(31_000);
          const answer = await withKey(key, 'invitePerson', { body });
          assert.deepEqual(
            [answer.status, answer.json['id'], answer.json['stage']],
            [201, invited?._id, 'invited'],
          );
        });
      });
    }

    it('is not worked out from what another request with the same caller did', async () => {
      const { id } = await personAt(world, 'invited');
      world.advance(31_000);
      const key = randomUUID();
      await crash(key, ['resend', id, { reason }]);
      assert.equal((await call(world, 'resend', { id, body: { reason } })).status, 200);
      world.advance(31_000);
      assert.equal((await withKey(key, 'resend', { id, body: { reason } })).status, 200);
      assert.deepEqual(await events(id), ['invited', 'resent', 'resent']);
    });

    it('is waited for, and not for ever', async function () {
      this.timeout(20_000);
      const { id } = await personAt(world, 'invited');
      const key = randomUUID();
      await crash(key, ['revoke', id, { reason }]);
      const answer = await withKey(key, 'revoke', { id, body: { reason } });
      assert.deepEqual([answer.status, answer.json['type']], [409, 'urn:problem:in-progress']);
      assert.equal(answer.headers['retry-after'], '1');
      assert.deepEqual(await events(id), ['invited']);
    });
  });

  it('is unreadable in the database, and so is what was asked for', async () => {
    const key = `key-${randomUUID()}`;
    const email = newEmail();
    await withKey(key, 'invitePerson', { body: { email, firstName: 'Canaria' } });
    const { firstAnswers = [] } = await dumpOf(world);
    assert.ok(firstAnswers.length > 0);
    const text = JSON.stringify(firstAnswers);
    for (const secret of [key, email, 'Canaria', 'demo']) assert.ok(!text.includes(secret), secret);
  });

  it('that was altered in the database is not given', async () => {
    const { id } = await personAt(world, 'invited');
    const key = randomUUID();
    const call = { caller: 'demo', key, request: JSON.stringify(['revoke', id, { reason }]) };
    world.advance(1);
    const at = world.now();
    await world.store.idempotency.claim(call, at);
    await world.store.idempotency.keep(call, at, '{"status":200,"body":{}}');
    assert.equal((await world.store.idempotency.claim(call, later(at, 1))).is, 'answered');
    const { db } = world.store.onboardings.model.db;
    const answers = db?.collection<{ answer: string }>('firstAnswers');
    const [newest] = (await answers?.find().sort({ startedAt: -1 }).limit(1).toArray()) ?? [];
    const altered = newest?.answer.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) ?? '';
    await answers?.updateMany({ answer: newest?.answer ?? '' }, { $set: { answer: altered } });
    await assert.rejects(world.store.idempotency.claim(call, later(at, 1)));
  });
});
