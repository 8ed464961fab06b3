import assert from 'node:assert/strict';
import { trusted } from 'mongoose';
import { sweepOnce } from '../../activities/sweep.js';
import type { Onboarding } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { eventually } from '../support/eventually.js';
import { invite, linkFromMail, newEmail } from '../support/journey.js';
import { onboardingAt, SECOND, sinceT0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';
import { startWorld, type World } from '../support/world.js';

describe('the sweeper', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  it('starts the workflow of an invitation that crashed between its write and its nudge', async () => {
    const lost = onboardingAt('invited', {
      teamId: 'demo',
      createdAt: new Date(Date.now() - 60_000),
      stageSince: new Date(Date.now() - 60_000),
      inviteBy: new Date(Date.now() + 60_000),
    });
    await world.store.onboardings.insert(lost);
    const counts = await world.sweep();
    assert.equal(counts.told, 1);
    await linkFromMail(world, lost.email, 'invite');
    const found = await world.store.onboardings.find(lost._id);
    assert.equal(found?.untoldSince, undefined);
  });

  it('files every event once and then has nothing left to do', async () => {
    const { body } = await invite(world, { email: newEmail() });
    const id = body['id'] ?? '';
    await eventually(
      'the mail was accepted',
      async () => (await world.store.onboardings.find(id))?.seq === 2,
    );
    await world.sweep();
    assert.deepEqual(
      (await world.store.audit.of(id)).map(({ type }) => type),
      ['invited', 'invitation-mail-accepted'],
    );
    const { checkpoint: _, ...counts } = await world.sweep();
    assert.deepEqual(counts, { told: 0, overdue: 0, filed: 0, mailed: 0, failed: 0 });
  });

  it('lets one onboarding that fails hold up no other', async () => {
    const [bad, good] = [
      onboardingAt('invited', { teamId: 'demo' }),
      onboardingAt('invited', { teamId: 'demo' }),
    ];
    await world.store.onboardings.insert(bad);
    await world.store.onboardings.insert(good);
    const nudged: string[] = [];
    const dependencies = {
      store: world.store,
      policy: world.policy,
      clock: world.now,
      async nudge({ _id }: { _id: string }) {
        if (_id === bad._id) throw new Error('refused');
        nudged.push(_id);
      },
    };
    const counts = await sweepOnce(dependencies as Parameters<typeof sweepOnce>[0])();
    assert.ok(nudged.includes(good._id));
    assert.ok(counts.failed >= 1);
    assert.ok((await world.store.onboardings.find(bad._id))?.untoldSince, 'it is left to the next round');
    await world.sweep();
  });

  it('wakes a workflow whose deadline has passed unnoticed', async () => {
    const overdue = onboardingAt('invited', { teamId: 'demo', inviteBy: sinceT0(0), createdAt: sinceT0(-1) });
    await world.store.onboardings.insert(overdue);
    await world.store.onboardings.markTold(overdue._id, 1);
    const counts = await world.sweep();
    assert.equal(counts.overdue, 1);
    await eventually(
      'it has expired',
      async () => (await world.store.onboardings.find(overdue._id))?.stage === 'expired',
    );
  });
});

describe('a sweeper that fails for many, round after round', function () {
  this.timeout(60_000);
  let store: Store;
  beforeEach(async () => {
    store = await freshStore();
  });
  afterEach(() => store?.close());

  const now = sinceT0(3_600 * SECOND);
  /** Somebody in the database, `nth` of those who have waited as long or longer. */
  async function waiting(nth: number, what: 'untoldSince' | 'dueAt'): Promise<string> {
    const o = onboardingAt('invited', { [what]: sinceT0(nth * SECOND) });
    await store.onboardings.model.insertOne(o);
    return o._id;
  }
  /** One round. @returns whom it nudged or tried to */
  async function round(nudge: (id: string) => void = () => {}): Promise<string[]> {
    const tried: string[] = [];
    const dependencies = {
      store,
      policy: DEFAULT_POLICY,
      clock: () => now,
      async nudge({ _id }: Onboarding) {
        tried.push(_id);
        nudge(_id);
      },
    };
    await sweepOnce(dependencies as unknown as Parameters<typeof sweepOnce>[0])();
    return tried;
  }

  it('tells the others in the next round, and wakes the overdue in the same', async () => {
    const bad = new Set<string>();
    for (let nth = 0; nth < 25; nth++) bad.add(await waiting(nth, 'untoldSince'));
    const [good, overdue] = [await waiting(25, 'untoldSince'), await waiting(0, 'dueAt')];
    const refuse = (id: string) => {
      if (bad.has(id)) throw new Error('refused');
    };
    const rounds = [await round(refuse), await round(refuse), await round(refuse)];
    assert.ok(rounds[0]?.includes(overdue));
    assert.ok(rounds.flat().includes(good), 'behind 25 that fail, ten a round');
    assert.ok(
      (await round(refuse)).some((id) => bad.has(id)),
      'they have their turn again',
    );
    for (let more = 0; more < 3; more++) await round();
    assert.equal(
      await store.onboardings.model.countDocuments({ untoldSince: trusted({ $exists: true }) }),
      0,
    );
  });

  it('comes to everybody who is overdue, though nudging mends nothing', async () => {
    const all: string[] = [];
    for (let nth = 0; nth < 205; nth++) all.push(await waiting(nth, 'dueAt'));
    const [first, second] = [await round(), await round()];
    assert.deepEqual(first, all.slice(0, 200), 'who has waited longest');
    assert.deepEqual(second.slice(0, 5), all.slice(200));
  });
});
