import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileOnce } from '../../activities/filing.js';
import type { Store } from '../../store/open.js';
import { TASK_QUEUES } from '../../workflows/messages.js';
import { onboardingAt } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';
import { startWorld } from '../support/world.js';

describe('filing', () => {
  let store: Store;
  beforeEach(async () => {
    store = await freshStore();
  });
  afterEach(() => store?.close());

  const clock = () => new Date();
  const file = () => fileOnce({ store, clock })();
  const born = () => store.onboardings.insert(onboardingAt('invited'));

  it('goes on, batch after batch, until nothing is left, and seals once a batch', async function () {
    this.timeout(60_000);
    const many = Array.from({ length: 205 }, () => onboardingAt('invited'));
    for (const each of many) await store.onboardings.insert(each);
    const { filed, failed, checkpoint } = await file();
    assert.deepEqual([filed, failed, checkpoint?.split(':')[0]], [205, 0, '2']);
    assert.equal(await store.audit.model.countDocuments(), 205);
    assert.deepEqual(await store.onboardings.unfiled(1), []);
  });

  it('files an event once, and loses none, when it dies before the outbox is emptied', async () => {
    const { _id } = await born();
    const { markFiled } = store.onboardings;
    store.onboardings.markFiled = () => Promise.reject(new Error('killed'));
    assert.deepEqual((await file()).filed, 0);
    assert.equal((await store.onboardings.find(_id))?.outbox.length, 1);
    store.onboardings.markFiled = markFiled;
    assert.equal((await file()).filed, 1);
    assert.equal((await store.audit.of(_id)).length, 1);
    assert.deepEqual((await store.onboardings.find(_id))?.outbox, []);
    for await (const each of store.audit.breaks()) assert.fail(`${each.kind} ${each.id}`);
  });

  it('seals what it copied although it died before it could', async () => {
    const { _id } = await born();
    const { seal } = store.audit.checkpoints;
    store.audit.checkpoints.seal = () => Promise.reject(new Error('killed'));
    assert.deepEqual([(await file()).filed, (await store.audit.of(_id)).length], [0, 1]);
    assert.equal((await store.onboardings.find(_id))?.outbox.length, 1, 'nothing leaves the outbox unsealed');
    store.audit.checkpoints.seal = seal;
    await file();
    assert.equal((await store.audit.checkpoints.last())?.heads[0]?.chain, _id);
  });

  it('lets one onboarding that fails hold up no other', async () => {
    const [bad, good] = [await born(), await born()];
    const { file: fileAll } = store.audit;
    store.audit.file = async (batch, at) => {
      if (batch.some(({ _id }) => _id === bad._id)) throw new Error('refused');
      return fileAll(batch, at);
    };
    const { filed, failed } = await file();
    assert.deepEqual([filed, failed], [1, 1]);
    assert.equal((await store.audit.of(good._id)).length, 1);
    assert.ok((await store.onboardings.find(bad._id))?.unfiledSince, 'it is left to the next round');
  });
});

describe('while filing stands still', function () {
  this.timeout(60_000);

  it('workflows are told what they were not told', async () => {
    let release = () => {};
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    const world = await startWorld();
    try {
      const asked = new Promise<void>((resolve) => {
        world.store.audit.file = () => {
          resolve();
          return stuck;
        };
      });
      const lost = onboardingAt('invited', {
        teamId: 'demo',
        createdAt: new Date(Date.now() - 60_000),
        inviteBy: new Date(Date.now() + 60_000),
      });
      await world.store.onboardings.insert(lost);
      const start = (workflow: 'filing' | 'sweep') =>
        world.client.workflow.start(workflow, {
          workflowId: randomUUID(),
          taskQueue: TASK_QUEUES.onboarding,
        });
      const filing = await start('filing');
      await asked;
      const sweep = await start('sweep');
      await world.inbox.nextMail(({ to }) => to === lost.email);
      await sweep.result();
      release();
      await filing.result();
    } finally {
      release();
      await world.stop();
    }
  });
});
