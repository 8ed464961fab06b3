import assert from 'node:assert/strict';
import { sweepOnce } from '../../activities/sweep.js';
import { eventually } from '../support/eventually.js';
import { invite, linkFromMail, newEmail } from '../support/journey.js';
import { onboardingAt, sinceT0 } from '../support/onboardings.js';
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
