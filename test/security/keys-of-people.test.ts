import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import type { Stage } from '../../store/facts.js';
import { staffAction } from '../../store/steps.js';
import { newKey } from '../rest/calls.js';
import { startWorld, type World } from '../support/world.js';
import { personAt } from './people.js';
import { postApi, send } from './requests.js';

/** SECURITY.md row 23: a key is no more than the team lead who made it. */
describe('an API key of a team lead', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const lead = async () => (await personAt(world, 'active', { facts: { role: 'team-lead' } })).id;
  const statusOf = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    return (await send(world.url, { path: '/api/v1/invitations', headers })).status;
  };
  /** The deciding write alone, as a crash right after it would leave things. */
  const decide = async (id: string, name: 'suspend' | 'reinstate' | 'correct-number') => {
    const input = {
      action: { name },
      actor: { kind: 'support' as const },
      reason: 'because',
      at: world.now(),
    };
    assert.ok((await world.store.onboardings.take(id, staffAction(input, world.policy))).done);
  };

  it('ends by the write that suspends its owner, and stays ended when they are reinstated', async () => {
    const ownerId = await lead();
    const { id, key } = await newKey(world, { ownerId });
    assert.equal(await statusOf(key), 200);
    world.advance(1_000);
    await decide(ownerId, 'suspend');
    assert.equal((await world.store.apiKeys.find(id))?.revokedAt, undefined);
    assert.equal(await statusOf(key), 401);
    const refused = await postApi({ url: world.url, apiKey: key }, { email: 'sam@example.org' });
    assert.deepEqual([refused.status, refused.headers['www-authenticate']], [401, 'Bearer']);
    await decide(ownerId, 'reinstate');
    assert.equal(await statusOf(key), 401);
    world.advance(1_000);
    assert.equal(await statusOf((await newKey(world, { ownerId })).key), 200, 'one made since then');
  });

  it('that was being made while its owner was suspended never opens anything', async () => {
    const ownerId = await lead();
    const createdAt = world.now();
    world.advance(1_000);
    await decide(ownerId, 'suspend');
    const { key } = await newKey(world, { ownerId, createdAt });
    assert.equal(await statusOf(key), 401);
    await decide(ownerId, 'reinstate');
    assert.equal(await statusOf(key), 401);
  });

  it('rests while its owner is anything but an active team lead', async () => {
    const ownerId = await lead();
    const { key } = await newKey(world, { ownerId });
    const place = (set: { stage?: Stage; role?: string }) =>
      world.store.onboardings.model.updateOne({ _id: ownerId }, { $set: set });
    for (const stage of ['blocked', 'verifying', 'enrolling', 'confirming', 'erased'] as const) {
      await place({ stage });
      assert.equal(await statusOf(key), 401, stage);
    }
    await place({ stage: 'active' });
    assert.equal(await statusOf(key), 200);
    await place({ role: 'clinician' });
    assert.equal(await statusOf(key), 401);
    assert.equal(await statusOf((await newKey(world, { ownerId: randomUUID() })).key), 401, 'nobody’s');
  });

  it('goes on where its owner has entered another number', async () => {
    const ownerId = await lead();
    const { key } = await newKey(world, { ownerId });
    world.advance(1_000);
    await decide(ownerId, 'correct-number');
    assert.equal(await statusOf(key), 401, 'not meanwhile');
    await world.store.onboardings.model.updateOne({ _id: ownerId }, { $set: { stage: 'active' } });
    assert.equal(await statusOf(key), 200);
  });

  it('costs one read more, by id, of three fields', async () => {
    const { key } = await newKey(world, { ownerId: await lead() });
    const reads: unknown[] = [];
    mongoose.set('debug', (collection: string, method: string, _query: unknown, options: unknown) => {
      if (collection === 'onboardings') reads.push([method, options]);
    });
    try {
      const headers = { authorization: `Bearer ${key}` };
      await send(world.url, { path: `/api/v1/invitation-batches/${randomUUID()}`, headers });
    } finally {
      mongoose.set('debug', false);
    }
    assert.deepEqual(reads, [['findOne', { projection: { role: 1, stage: 1, keysEndedAt: 1 } }]]);
  });
});
