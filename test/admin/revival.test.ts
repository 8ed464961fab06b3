import assert from 'node:assert/strict';
import { doctorCommand } from '../../admin/commands/doctor.js';
import type { Onboarding } from '../../store/facts.js';
import { staffAction } from '../../store/steps.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  toDashboard,
  untilTold,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { actAs } from '../support/staff.js';
import { atTerminal } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Facts as they were a while ago, beside a workflow that goes by later ones: as after the restore of a database. */
describe('admin doctor, where database and workflow are not of one time', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(() => world?.stop());

  async function problemsOf(id: string, ...args: string[]): Promise<string[]> {
    const { lines } = await atTerminal(world, doctorCommand, ...args);
    return lines.filter((line) => line.startsWith(id)).map((line) => line.split('  ').slice(2).join(' '));
  }
  const find = async (id: string) => (await world.store.onboardings.find(id)) as Onboarding;
  const restore = (o: Onboarding) => world.store.onboardings.model.replaceOne({ _id: o._id }, o);
  const statusOf = async (id: string, attempt: number) =>
    (await world.gateway.seen({ _id: id, attempt }, 5_000))?.status;
  const endOf = (id: string, attempt: number) =>
    world.client.workflow.getHandle(`onboarding-${id}-${attempt}`).result();
  const eventsOf = async (id: string) => (await find(id)).outbox.map(({ type }) => type);

  async function verifying() {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    return { invitation, backup: await untilTold(world, invitation, 4) };
  }

  async function finish(invitation: Invited): Promise<void> {
    const number = newNumber();
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
  }

  it('has another workflow take over from one that knows later steps; the person goes on', async () => {
    world = await startWorld();
    const { invitation, backup } = await verifying();
    const { id, email } = invitation;
    await verifyEmail(world, invitation);
    await enterNumber(invitation, newNumber());
    await untilTold(world, invitation, 6);
    await restore(backup);

    assert.deepEqual(await problemsOf(id), ['workflow-ahead attempt 1 knows step 6 of 4']);
    await problemsOf(id, '--repair');
    assert.equal(await endOf(id, 1), 'superseded');
    assert.equal(await statusOf(id, 2), 'RUNNING');
    assert.deepEqual(await problemsOf(id), []);
    assert.deepEqual((await eventsOf(id)).slice(-2), ['verification-mail-accepted', 'revived']);
    assert.deepEqual((await find(id)).verifyBy, backup.verifyBy, 'the deadline is the one that was');

    await verifyEmail(world, invitation);
    await finish(invitation);
    assert.equal(world.inbox.mails.filter(({ to }) => to === email).length, 2, 'no mail went out twice');
    await world.sweep();
    assert.equal(await world.store.audit.firstBreak(id), undefined);
    assert.deepEqual(await problemsOf(id), []);
  });

  it('has another take over where the workflow was ended, or has come to an end that the database does not know', async () => {
    world = await startWorld();
    const killed = await verifying();
    await world.client.workflow.getHandle(`onboarding-${killed.invitation.id}-1`).terminate();
    const { invitation, backup } = await verifying();
    await verifyEmail(world, invitation);
    await finish(invitation);
    await endOf(invitation.id, 1);
    await restore(backup);

    assert.deepEqual(await problemsOf(killed.invitation.id), ['workflow-ended attempt 1 TERMINATED']);
    assert.deepEqual(await problemsOf(invitation.id, '--repair'), ['workflow-ended attempt 1 COMPLETED']);
    for (const each of [killed.invitation, invitation]) {
      assert.deepEqual(await problemsOf(each.id), []);
      // Sessions are not restored.
      await world.store.sessions.closeAllOf(each.id);
      await each.person.open(await linkFromMail(world, each.email, 'verify'));
      await each.person.press('Verify email');
      await each.person.press('Sign in', { email: each.email, password: PASSWORD });
      await finish(each);
      assert.equal(await endOf(each.id, 2), 'active');
    }
  });

  it('takes an attempt that no workflow has had, also for somebody whose way in is over', async () => {
    world = await startWorld();
    const { id } = await toDashboard(world);
    await endOf(id, 1);
    const backup = await find(id);
    await actAs(world, id, 'correct-number');
    assert.equal(await statusOf(id, 2), 'RUNNING');
    await restore(backup);

    assert.match((await problemsOf(id, '--repair')).join(), /^workflow-ahead attempt 2 /);
    assert.equal(await endOf(id, 2), 'superseded');
    assert.equal(await endOf(id, 3), 'active');
    assert.deepEqual(await problemsOf(id), []);
    await actAs(world, id, 'correct-number');
    assert.equal(await statusOf(id, 4), 'RUNNING');
  });

  it('erases again whom a backup brought back', async () => {
    world = await startWorld();
    const { invitation, backup } = await verifying();
    const dashboard = await toDashboard(world);
    await endOf(dashboard.id, 1);
    const backups = [backup, await find(dashboard.id)];
    for (const { id } of [invitation, dashboard]) await actAs(world, id, 'erase');
    assert.deepEqual([await endOf(invitation.id, 1), await endOf(dashboard.id, 2)], ['erased', 'erased']);
    for (const each of backups) await restore(each);

    assert.deepEqual(await problemsOf(invitation.id), ['was-erased attempt 1']);
    assert.deepEqual(await problemsOf(dashboard.id), ['was-erased attempt 2']);
    const mails = world.inbox.mails.length;
    await problemsOf(dashboard.id, '--repair');
    for (const [{ id }, attempt] of [[invitation, 2] as const, [dashboard, 3] as const]) {
      assert.equal(await endOf(id, attempt), 'erased');
      const { stage, email, account, phone, erasing } = await find(id);
      assert.deepEqual(
        { stage, email, account, phone, erasing },
        {
          stage: 'erased',
          email: '',
          account: undefined,
          phone: undefined,
          erasing: undefined,
        },
      );
      assert.deepEqual(await problemsOf(id), []);
    }
    assert.equal(world.inbox.mails.length, mails);
  });

  it('tells a workflow that has long not heard of a step, and says of one that does not answer', async () => {
    world = await startWorld();
    const { invitation } = await verifying();
    const { id } = invitation;
    const at = new Date(Date.now() + MINUTE);
    const resend = { action: { name: 'resend' }, actor: { kind: 'support' }, reason: 'r', at } as const;
    await world.store.onboardings.take(id, staffAction(resend, world.policy));
    await world.store.onboardings.markTold(id, 5);
    assert.deepEqual(await problemsOf(id), [], 'it may be on its way');
    world.advance(5 * MINUTE);
    await world.sweep();
    assert.deepEqual(await problemsOf(id), ['workflow-behind attempt 1 knows step 4 of 5']);
    await problemsOf(id, '--repair');
    assert.deepEqual(await problemsOf(id), []);
    await world.stopWorker();
    assert.deepEqual(await problemsOf(id), ['workflow-silent attempt 1']);
  });

  it('mails anew about a step that is decided a second time', async () => {
    world = await startWorld();
    const inviter = await toDashboard(world);
    const { id } = await invited(world);
    await world.store.onboardings.model.updateOne(
      { _id: id },
      { $set: { invitedBy: { kind: 'clinician', id: inviter.id, name: 'Sam' } } },
    );
    const backup = await untilTold(world, { id }, 2);
    const told = () =>
      world.inbox.mails.filter(
        ({ to, subject }) => to === inviter.email && /revoked|withdrawn/i.test(subject),
      );
    for (const count of [1, 2]) {
      await actAs(world, id, 'revoke');
      await eventually('the inviter is told', async () => told().length === count);
      await restore(backup);
      await problemsOf(id, '--repair');
    }
  });

  it('has a mail sent whose workflow was lost', async () => {
    world = await startWorld();
    const { id } = await invited(world);
    const notice = { id: 'lost', kind: 'address-changed' as const, to: newEmail() };
    await restore({ ...(await untilTold(world, { id }, 2)), notices: [notice] });
    await world.store.messages.begin(
      {
        _id: `${id}.address-changed.lost`,
        onboardingId: id,
        channel: 'mail',
        kind: notice.kind,
        about: notice.id,
      },
      new Date(Date.now() - 20 * MINUTE),
    );
    assert.deepEqual(await problemsOf(id, '--repair'), [`message-waiting ${id}.address-changed.lost`]);
    await world.inbox.nextMail(({ to }) => to === notice.to);
    await eventually('nothing waits', async () => (await problemsOf(id)).length === 0);
  });

  it('waits quietly meanwhile, where a timer rings for what the database does not know', async () => {
    world = await startWorld({ skipsTime: true });
    const invitation = await invited(world);
    const backup = await untilTold(world, invitation, 2);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await untilTold(world, invitation, 4);
    await restore(backup);
    await world.pass(25 * HOUR);
    const { historyLength } = await world.client.workflow
      .getHandle(`onboarding-${invitation.id}-1`)
      .describe();
    assert.ok(historyLength < 60, `${historyLength} events`);
    await problemsOf(invitation.id, '--repair');
    assert.equal(await endOf(invitation.id, 1), 'superseded');
    await createAccount(invitation);
  });
});
