import assert from 'node:assert/strict';
import { doctorCommand } from '../../admin/commands/doctor.js';
import { later } from '../../store/steps.js';
import { handIn, newRows, storedBatch, untilDone } from '../support/batches.js';
import { eventually } from '../support/eventually.js';
import { createAccount, invite, invited, newEmail } from '../support/journey.js';
import { onboardingAt } from '../support/onboardings.js';
import { atTerminal } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

const MINUTE = 60_000;

describe('admin doctor', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world?.stop());

  const doctor = (...args: string[]) => atTerminal(world, doctorCommand, ...args);
  /** Problems by the onboarding that has them. */
  async function problemsOf(id: string): Promise<string[]> {
    const { lines } = await doctor();
    return lines.filter((line) => line.startsWith(id)).map((line) => line.split('  ')[2] ?? '');
  }
  const healthy = async () => {
    const invitation = await invited(world);
    await eventually('the mail is known to be accepted', async () => {
      return (await world.store.onboardings.find(invitation.id))?.seq === 2;
    });
    return invitation;
  };
  const change = (id: string, set: object, unset: object = {}) =>
    world.store.onboardings.model.updateOne({ _id: id }, { $set: set, $unset: unset });

  it('finds nothing where all is well, in the middle of things and a while after', async () => {
    const invitation = await healthy();
    assert.deepEqual(await doctor(), { code: 0, lines: ['Nothing found.'] });
    await createAccount(invitation);
    assert.deepEqual(await doctor(), { code: 0, lines: ['Nothing found.'] });
    await eventually(
      'the verification mail is known to be accepted',
      async () => (await world.store.onboardings.find(invitation.id))?.verifyBy,
    );
    await world.sweep();
    world.advance(5 * MINUTE);
    assert.deepEqual(await doctor(), { code: 0, lines: ['Nothing found.'] });
  });

  it('finds what the workflow was not told, and tells it with --repair', async () => {
    const lost = onboardingAt('invited', {
      teamId: 'demo',
      createdAt: new Date(Date.now() - 5 * MINUTE),
      stageSince: new Date(Date.now() - 5 * MINUTE),
      inviteBy: new Date(Date.now() + 60 * MINUTE),
    });
    await world.store.onboardings.insert(lost);
    assert.deepEqual(await problemsOf(lost._id), ['not-told', 'not-filed', 'workflow-missing']);
    assert.equal((await doctor('--repair')).code, 1);
    await world.inbox.nextMail(({ to }) => to === lost.email);
    assert.deepEqual(await problemsOf(lost._id), []);
  });

  it('finds a workflow that is gone or belongs to another attempt', async () => {
    const { id } = await healthy();
    await change(id, { attempt: 2 });
    assert.deepEqual(await problemsOf(id), ['workflow-missing']);
    await change(id, { attempt: 1 });
    await world.client.workflow.getHandle(`onboarding-${id}-1`).terminate();
    assert.deepEqual(await problemsOf(id), ['workflow-ended']);
  });

  it('finds a deadline that nobody acted on', async () => {
    const { id } = await healthy();
    await change(id, { dueAt: new Date(Date.now() - 5 * MINUTE) });
    assert.deepEqual(await problemsOf(id), ['overdue']);
  });

  it('finds an erasure that nobody finished, and finishes it with --repair', async () => {
    const { id } = await healthy();
    await world.client.workflow.getHandle(`onboarding-${id}-1`).terminate();
    const stageSince = new Date(Date.now() - 5 * MINUTE);
    await change(id, { stage: 'erased', stageSince, erasing: { email: newEmail() } }, { dueAt: 1 });
    assert.deepEqual(await problemsOf(id), ['not-erased']);
    const { lines } = await doctor('--repair');
    assert.doesNotMatch(lines.join('\n'), /@/);
    assert.deepEqual(await problemsOf(id), []);
  });

  it('finds messages that wait too long or were refused, and only those that still matter', async () => {
    world.inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
    const email = newEmail();
    const response = await fetch(`${world.url}/api/v1/invitations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    const { id } = (await response.json()) as { id: string };
    const message = await eventually('a try was made', async () => (await world.store.messages.of(id))[0]);
    await world.sweep();
    assert.deepEqual(await problemsOf(id), []);
    world.advance(15 * MINUTE);
    assert.deepEqual(await problemsOf(id), ['message-waiting']);
    await world.store.messages.advance(message._id, 'failed', { failure: '550' });
    const { lines } = await doctor();
    assert.match(lines.join('\n'), /message-refused .*550/);
    assert.doesNotMatch(lines.join('\n'), new RegExp(email));
    await change(id, {}, { linkId: 1 });
    assert.deepEqual(await problemsOf(id), []);
  });

  it('takes no offence at a mail that never came, once its stage is over', async () => {
    world.inbox.switches.set({ mail: { mode: 'refuse-5xx' } });
    const { body } = await invite(world, { email: newEmail() });
    const id = body['id'] ?? '';
    await eventually('it is refused', async () => (await world.store.messages.of(id))[0]?.state === 'failed');
    assert.deepEqual(await problemsOf(id), ['message-refused']);
    await change(id, { stage: 'expired' }, { dueAt: 1 });
    assert.deepEqual(await problemsOf(id), []);
  });

  it('finds a trail that was edited, and one that was cut off at its end', async () => {
    const { id } = await healthy();
    await world.sweep();
    assert.deepEqual(await problemsOf(id), []);
    await world.store.audit.model.updateOne({ _id: `${id}:1` }, { $set: { type: 'erased' } });
    assert.deepEqual(await problemsOf(id), ['audit-broken']);
    await world.store.audit.model.updateOne({ _id: `${id}:1` }, { $set: { type: 'invited' } });
    await world.store.audit.model.deleteOne({ _id: `${id}:2` });
    assert.deepEqual(await problemsOf(id), ['audit-short']);
  });

  describe('of batches', () => {
    it('finds none that is under way or done', async () => {
      await world.stopWorker();
      const id = await handIn(world, newRows(3));
      assert.deepEqual(await problemsOf(id), []);
      await world.startWorker();
      await untilDone(world, id);
      assert.deepEqual(await problemsOf(id), []);
    });

    it('finds one that nobody began, or whose workflow is gone, and has it carried out with --repair', async () => {
      const untold = await storedBatch(world);
      assert.deepEqual(await problemsOf(untold), [], 'on its way');
      world.advance(5 * MINUTE);
      const lost = await storedBatch(world);
      await world.store.batches.markTold(lost);
      assert.deepEqual(await problemsOf(untold), ['not-told']);
      assert.deepEqual(await problemsOf(lost), ['workflow-missing']);
      const { lines } = await doctor('--repair');
      assert.equal(lines.filter((line) => line === '  repaired as far as it can be').length, 2);
      assert.doesNotMatch(lines.join('\n'), /@/);
      for (const id of [untold, lost]) {
        assert.equal((await untilDone(world, id)).counts.created, 1);
        assert.deepEqual(await problemsOf(id), []);
      }
    });

    it('finds one whose workflow was ended before its time, and has another one take it up', async () => {
      await world.stopWorker();
      const id = await handIn(world, newRows(3));
      await world.client.workflow.getHandle(`batch-${id}`).terminate();
      await world.startWorker();
      assert.deepEqual(await problemsOf(id), ['workflow-ended']);
      await doctor('--repair');
      assert.equal((await untilDone(world, id)).counts.created, 3);
      assert.deepEqual(await problemsOf(id), []);
    });
  });

  it('goes through all of many', async () => {
    const old = later(new Date(), -60 * MINUTE);
    for (let n = 0; n < 205; n++) {
      await world.store.onboardings.model.insertOne(onboardingAt('expired', { seq: 0, untoldSince: old }));
    }
    const { code, lines } = await doctor();
    assert.deepEqual([code, lines.at(-1)], [1, '205 found.']);
  });
});
