import assert from 'node:assert/strict';
import type { ReceivedMail } from '../../dev/inbox/messages.js';
import { later } from '../../store/steps.js';
import { factsOf, personAt } from '../security/people.js';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterNumber,
  invite,
  invited,
  newEmail,
  newNumber,
  verifyEmail,
} from '../support/journey.js';
import { createNetwork } from '../support/network.js';
import { HOUR, MINUTE, passUntil } from '../support/skipping.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

/** Kind and number of what the mail server took: `<link>.<kind>.<nth>@…` */
const kindOf = ({ messageId }: ReceivedMail): string =>
  messageId.replace(/@.*/, '').split('.').slice(1).join(' ');

/** A week of six hours: an outage is as many tries as it has minutes. */
const WEEK = { inviteExpiry: 6 * HOUR, inviteReminders: [2 * HOUR, 4 * HOUR], enrolReminder: HOUR };

describe('reminders that no mail server was there for, on a server that skips time', function () {
  this.timeout(60_000);
  let world: World;
  const network = createNetwork();
  before(async () => {
    const sessions = { sessionIdle: 48 * HOUR, sessionAbsolute: 48 * HOUR };
    world = await startWorld({
      skipsTime: true,
      via: network.via,
      providerTimeouts: { mail: 1_000 },
      policy: { ...WEEK, ...sessions },
    });
  });
  afterEach(() => network.mail.restore());
  after(async () => {
    await world?.stop();
    await network.close();
  });

  const mailsTo = (email: string) => world.inbox.mails.filter(({ to }) => to === email);
  const kindsTo = (email: string) => mailsTo(email).map(kindOf);
  const untilAccepted = (id: string) =>
    eventually('the acceptance is known', async () => (await world.store.onboardings.find(id))?.seq === 2);

  it('are one, the last of those that are due', async () => {
    const { id, email } = await invited(world);
    await untilAccepted(id);
    network.mail.cut();
    await world.pass(4 * HOUR + 10 * MINUTE);
    network.mail.restore();
    await passUntil(world, 'the reminder came', () => mailsTo(email).length > 1);
    await world.pass(20 * MINUTE);
    assert.deepEqual(kindsTo(email), ['invitation 1', 'invitation-reminder 2']);
  });

  it('are none where the invitation itself goes out as late', async () => {
    network.mail.cut();
    const email = newEmail();
    await invite(world, { email });
    await world.pass(3 * HOUR);
    network.mail.restore();
    await passUntil(world, 'the invitation came', () => mailsTo(email).length > 0);
    await world.pass(20 * MINUTE);
    assert.deepEqual(kindsTo(email), ['invitation 1']);
    await passUntil(world, 'the next came', () => mailsTo(email).length > 1, { step: MINUTE, within: HOUR });
    assert.deepEqual(kindsTo(email), ['invitation 1', 'invitation-reminder 2']);
  });

  it('come not with the invitation to a corrected address', async () => {
    const { id } = await invited(world);
    await untilAccepted(id);
    await world.pass(3 * HOUR);
    const email = newEmail();
    await actAs(world, id, 'correct-email', email);
    await passUntil(world, 'the invitation came', () => mailsTo(email).length > 0);
    await world.pass(20 * MINUTE);
    assert.deepEqual(kindsTo(email), ['invitation 1']);
  });

  it('count anew from the correction of an address, as the invitation does', async () => {
    const { id } = await invited(world);
    await untilAccepted(id);
    await world.pass(5 * HOUR);
    const email = newEmail();
    await actAs(world, id, 'correct-email', email);
    await passUntil(world, 'the invitation came', () => mailsTo(email).length > 0);
    await passUntil(world, 'the reminder came', () => mailsTo(email).length > 1, {
      step: 10 * MINUTE,
      within: 3 * HOUR,
    });
    assert.deepEqual(kindsTo(email), ['invitation 1', 'invitation-reminder 1']);
    assert.equal((await factsOf(world, id)).stage, 'invited', 'where the first invitation has long run out');
    await passUntil(world, 'it has run out', async () => (await factsOf(world, id)).stage === 'expired', {
      step: 10 * MINUTE,
      within: 5 * HOUR,
    });
    assert.deepEqual(kindsTo(email), ['invitation 1', 'invitation-reminder 1', 'invitation-reminder 2']);
  });

  it('of the number are one, also of somebody who enters it after that', async () => {
    const invitation = await invited(world);
    const { email, person } = invitation;
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await passUntil(world, 'the reminder came', () => mailsTo(email).length > 2, {
      step: MINUTE,
      within: 2 * HOUR,
    });
    for (let n = 0; n < 2; n++) {
      await person.open('/phone');
      await enterNumber(invitation, newNumber());
      await world.pass(20 * MINUTE);
    }
    assert.equal(mailsTo(email).length, 3);
  });

  it('leave nothing undone', () => assertNothingLeft(world));
});

describe('reminders that no worker was there for', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false, policy: WEEK });
  });
  after(() => world?.stop());

  const mailsTo = (email: string) => world.inbox.mails.filter(({ to }) => to === email);

  it('are one, the last of those that are due, and none where the invitation goes out as late', async () => {
    const createdAt = later(world.now(), -5 * HOUR);
    const facts = { createdAt, stageSince: createdAt, inviteBy: later(createdAt, 6 * HOUR) };
    const late = await personAt(world, 'invited', { facts });
    const inTime = await personAt(world, 'invited', { facts });
    await world.store.onboardings.model.updateOne(
      { _id: inTime.id },
      { $set: { 'links.0.acceptedAt': createdAt } },
    );
    const { linkId = '' } = await factsOf(world, inTime.id);
    const sent = { onboardingId: inTime.id, channel: 'mail', kind: 'invitation', about: linkId } as const;
    await world.store.messages.begin({ _id: `${linkId}.invitation.1`, ...sent }, createdAt);
    await world.store.messages.advance(`${linkId}.invitation.1`, 'accepted', { acceptedAt: createdAt });

    for (const { id } of [late, inTime]) await world.gateway.nudge(await factsOf(world, id));
    await world.startWorker();
    await world.inbox.nextMail(({ to }) => to === late.email);
    await world.inbox.nextMail(({ to }) => to === inTime.email);
    await assertNothingLeft(world);
    assert.deepEqual(mailsTo(late.email).map(kindOf), ['invitation 1']);
    assert.deepEqual(mailsTo(inTime.email).map(kindOf), ['invitation-reminder 2']);
  });
});
