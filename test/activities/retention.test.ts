import assert from 'node:assert/strict';
import { retention } from '../../activities/retention.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { createKeyring } from '../../store/secrets.js';
import { later } from '../../store/steps.js';
import { personAt } from '../security/people.js';
import { eventually } from '../support/eventually.js';
import { onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { actAs } from '../support/staff.js';
import { freshStore } from '../support/store.js';
import { startWorld, type World } from '../support/world.js';

const DAY = 24 * 3_600_000;

describe('retention', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world?.stop());

  const stageOf = async (id: string) => (await world.store.onboardings.find(id))?.stage;
  const at = async (stage: Parameters<typeof personAt>[1]) => (await personAt(world, stage)).id;

  it('erases who never came in, 90 days after the end, and nobody else', async () => {
    const [expired, revoked] = [await at('expired'), await at('revoked')];
    const others = [await at('blocked'), await at('active'), await at('suspended'), await at('verifying')];
    const stages = () => Promise.all([expired, revoked, ...others].map(stageOf));
    const before = await stages();
    world.advance(89 * DAY);
    assert.equal((await world.retain()).erased, 0);
    assert.deepEqual(await stages(), before);
    world.advance(2 * DAY);
    assert.equal((await world.retain()).erased, 2);
    assert.deepEqual(await stages(), ['erased', 'erased', 'blocked', 'active', 'suspended', 'verifying']);
    for (const id of [expired, revoked]) {
      await eventually(
        'a workflow has erased the traces',
        async () => (await world.store.onboardings.find(id))?.erasing === undefined,
      );
    }
    const { actor } = (await world.store.onboardings.find(expired))?.outbox.at(-1) ?? {};
    assert.equal(actor?.kind, 'service');
    assert.equal((await world.retain()).erased, 0);
  });

  it('erases who verified and never came in, 90 days after the last step, and not who had been in before', async () => {
    const [enrolling, confirming] = [await at('enrolling'), await at('confirming')];
    const member = await at('active');
    await actAs(world, member, 'correct-number');
    world.advance(60 * DAY);
    await world.store.onboardings.model.updateOne(
      { _id: confirming },
      { $set: { 'challenge.lastSendAt': world.now() } },
    );
    world.advance(31 * DAY);
    assert.equal((await world.retain()).erased, 1);
    const stages = () => Promise.all([enrolling, confirming, member].map(stageOf));
    assert.deepEqual(await stages(), ['erased', 'confirming', 'enrolling']);
    world.advance(60 * DAY);
    assert.equal((await world.retain()).erased, 1);
    assert.deepEqual(await stages(), ['erased', 'erased', 'enrolling']);
    await eventually(
      'their workflows have erased the traces',
      async () => (await world.store.onboardings.find(confirming))?.erasing === undefined,
    );
  });

  it('keeps the blocked for the 30 days of their workflow more', async () => {
    const blocked = await at('blocked');
    world.advance(119 * DAY);
    await world.retain();
    assert.equal(await stageOf(blocked), 'blocked');
    world.advance(2 * DAY);
    await world.retain();
    assert.equal(await stageOf(blocked), 'erased');
  });

  it('deletes records when their time has come, and no sooner', async () => {
    const { store } = world;
    const now = world.now();
    const id = await at('active');
    const left = async () => ({
      sessions: await store.sessions.countOf(id),
      messages: (await store.messages.of(id)).length,
      conversations: (await store.conversations.find(id)) ? 1 : 0,
      keys: (await store.apiKeys.all()).length,
      answers: await store.onboardings.model.db.collection('firstAnswers').countDocuments(),
      limits: await store.onboardings.model.db.collection('limits').countDocuments(),
    });
    const about = { _id: 'm', onboardingId: id, channel: 'mail', kind: 'verification', about: 'l' } as const;
    await store.messages.begin(about, now);
    await store.conversations.say(id, { from: 'person', text: 'Hello', at: now });
    await store.idempotency.claim({ caller: 'c', key: 'k', request: 'r' }, now);
    await store.limits.take({ 'chat-person': id });
    await store.apiKeys.revoke('demo', now);
    const all = { sessions: 1, messages: 1, conversations: 1, keys: 1, answers: 1, limits: 1 };
    await world.retain();
    assert.deepEqual(await left(), all);
    world.advance(2 * DAY);
    await world.retain();
    assert.deepEqual(await left(), { ...all, sessions: 0, answers: 0, limits: 0 });
    world.advance(89 * DAY);
    await world.retain();
    assert.deepEqual(await left(), { ...all, sessions: 0, answers: 0, limits: 0, messages: 0, keys: 0 });
    world.advance(273 * DAY);
    await world.retain();
    assert.equal((await left()).conversations, 1, 'a year has not passed');
    world.advance(2 * DAY);
    await world.retain();
    assert.equal((await left()).conversations, 0);
    assert.equal(await stageOf(id), 'active');
  });

  it('forgets who invited with a key that goes: its owner’s erasure would not find them any more', async () => {
    const facts = { message: 'Canary' };
    const { id } = await personAt(world, 'active', { facts });
    await world.store.apiKeys.revoke('demo', world.now());
    const inviter = async () => {
      const { invitedBy, message } = (await world.store.onboardings.find(id)) ?? assert.fail();
      return [invitedBy.name, message];
    };
    world.advance(89 * DAY);
    await world.retain();
    assert.deepEqual(await inviter(), ['Dr Alex Morgan', 'Canary']);
    world.advance(2 * DAY);
    await world.retain();
    assert.equal(await world.store.apiKeys.find('demo'), null);
    assert.deepEqual(await inviter(), ['Cardiology, Demo Hospital', undefined]);
  });

  it('drops news that nobody could be told in a week, and none of before that', async () => {
    const id = await at('active');
    const { model, find } = world.store.onboardings;
    const notice = (name: string, age: number) => ({
      id: name,
      kind: 'address-changed',
      to: 'old@example.org',
      at: new Date(world.now().getTime() - age),
    });
    const { at: _, ...ofBefore } = notice('of a version before', 0);
    const notices = [notice('given up', 7 * DAY + 1), notice('being tried', 7 * DAY - 60_000), ofBefore];
    await model.updateOne({ _id: id }, { $set: { notices } });
    await world.retain();
    assert.deepEqual(
      (await find(id))?.notices.map((each) => each.id),
      ['being tried'],
    );
  });

  it('clears away what arrived while somebody was being erased', async () => {
    const id = await at('active');
    assert.equal((await actAs(world, id, 'erase')).carriedOut, true);
    await world.store.conversations.say(id, { from: 'person', text: 'On its way', at: world.now() });
    await world.retain();
    assert.equal(await world.store.conversations.find(id), null);
  });

  it('finishes an erasure whose workflow was lost', async () => {
    const id = await at('active');
    await actAs(world, id, 'erase');
    const erasing = { email: 'left@example.org' };
    await world.store.onboardings.model.updateOne(
      { _id: id },
      { $set: { erasing, stageSince: later(world.now(), -9 * DAY) } },
    );
    await world.retain();
    assert.equal((await world.store.onboardings.find(id))?.erasing, undefined);
  });
});

describe('retention of many', function () {
  this.timeout(60_000);

  it('deletes what has had its time before it looks after the erased, the unfinished first, and ends in time', async () => {
    const store = await freshStore();
    try {
      await store.idempotency.claim({ caller: 'c', key: 'k', request: 'r' }, T0);
      const erased = ['a', 'b', 'c', 'd'].map((_id) =>
        onboardingAt('erased', { _id, stageSince: sinceT0(2 * DAY) }),
      );
      for (const each of erased) await store.onboardings.insert(each);
      await store.onboardings.model.updateOne(
        { _id: 'd' },
        { $set: { erasing: { email: 'd@example.org' } } },
      );
      const left = () => store.onboardings.model.db.collection('firstAnswers').countDocuments();
      let at = sinceT0(2 * DAY + SECOND);
      const seen: string[] = [];
      /** Each takes as long. */
      const eraseTraces = async (id: string) => {
        assert.equal(await left(), 0, 'deleted before');
        seen.push(id);
        at = later(at, 14 * SECOND);
      };
      const dependencies = {
        store: { ...store, erasure: { ...store.erasure, eraseTraces } },
        policy: DEFAULT_POLICY,
        keyring: createKeyring([Buffer.alloc(32, 'k')]),
        clock: () => at,
      };
      assert.equal(await left(), 1);
      const { deleteExpired } = retention(dependencies as unknown as Parameters<typeof retention>[0]);
      assert.equal(await deleteExpired(), 1);
      assert.deepEqual([seen[0], seen.length], ['d', 3]);
    } finally {
      await store.close();
    }
  });

  it('goes on after a batch', async () => {
    const world = await startWorld({ dependencies: (real) => ({ ...real, nudge: async () => {} }) });
    try {
      const { id } = await personAt(world, 'expired');
      const { _id: _, ...ended } = (await world.store.onboardings.find(id)) ?? assert.fail();
      await world.store.onboardings.model.insertMany(
        Array.from({ length: 104 }, (_each, n) => ({ ...ended, _id: `ended-${n}` })),
      );
      world.advance(91 * DAY);
      assert.equal((await world.retain()).erased, 105);
    } finally {
      await world.stop();
    }
  });
});
