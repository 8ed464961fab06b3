import assert from 'node:assert/strict';
import type { ReceivedMail } from '../../dev/inbox/messages.js';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  invite,
  linkFromMail,
  newEmail,
  newNumber,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { createNetwork } from '../support/network.js';
import { Person } from '../support/person.js';
import { HOUR, MINUTE, passUntil, passUntilStored } from '../support/skipping.js';
import { startWorld, type World } from '../support/world.js';

const DAY = 24 * HOUR;

describe('a mail server in trouble, on a server that skips time', function () {
  this.timeout(60_000);
  let world: World;
  const network = createNetwork();
  before(async () => {
    world = await startWorld({
      skipsTime: true,
      via: network.via,
      providerTimeouts: { mail: 1_000 },
      // Time is skipped by hours here, and nobody should have to sign in again for it.
      policy: {
        sessionIdle: 365 * DAY,
        sessionAbsolute: 365 * DAY,
        resendCooldown: 0,
        // Each hour of an outage is a dozen tries: a shorter week.
        inviteExpiry: 5 * HOUR,
        inviteReminders: [4 * HOUR],
        unverifiedLimit: 5 * HOUR,
      },
    });
  });
  afterEach(() => {
    world.inbox.switches.set({ mail: { mode: 'ok' } });
    network.mail.restore();
  });
  after(async () => {
    await world?.stop();
    await network.close();
  });

  const found = async (id: string) => {
    const onboarding = await world.store.onboardings.find(id);
    assert.ok(onboarding);
    return onboarding;
  };
  const mailsTo = (email: string): ReceivedMail[] => world.inbox.mails.filter(({ to }) => to === email);
  /** Written after support has been told. */
  const untilFailed = (id: string) =>
    eventually('the mail is written down as failed', async () =>
      (await world.store.messages.of(id)).some(({ state }) => state === 'failed'),
    );
  const eventTypes = async (id: string) => {
    const { outbox } = await found(id);
    return outbox.map(({ type }) => type);
  };

  async function inviteOnly() {
    const email = newEmail();
    const { body } = await invite(world, { email, firstName: 'Sam', lastName: 'Taylor' });
    return { id: body['id'] ?? '', email, person: new Person(world.url) };
  }

  async function linkInTime(email: string, kind: 'invite' | 'verify'): Promise<string> {
    const pattern = new RegExp(`/${kind}/`);
    await passUntil(
      world,
      `the mail with the link to ${kind} came`,
      () => mailsTo(email).some(({ text }) => pattern.test(text)),
      { within: 2 * HOUR },
    );
    return linkFromMail(world, email, kind);
  }

  async function fromVerifyingToDashboard(invitation: Awaited<ReturnType<typeof inviteOnly>>) {
    const going = { ...invitation, link: '' };
    const number = newNumber();
    await verifyEmail(world, going);
    await enterNumber(going, number);
    await enterCode(world, going, number);
    await untilUnlocked(going);
  }

  const troubles = [
    { name: 'refuses for now, twice', mode: 'refuse-4xx', remaining: 2, copies: 1 },
    { name: 'is slow, and in time', mode: 'slow', delayMs: 200, remaining: 1, copies: 1 },
    { name: 'accepts after the sender has given up', mode: 'slow', delayMs: 1_500, remaining: 1, copies: 2 },
    { name: 'takes the mail and closes without a word', mode: 'close-after-data', remaining: 1, copies: 2 },
  ] as const;
  for (const { name, copies, ...trouble } of troubles) {
    it(`brings both mails to a person when it ${name}: the same one again, and no more`, async () => {
      world.inbox.switches.set({ mail: trouble });
      const invitation = await inviteOnly();
      const link = await linkInTime(invitation.email, 'invite');
      await passUntilStored(world, invitation.id, ({ seq }) => seq === 2);
      world.inbox.switches.set({ mail: trouble });
      await createAccount({ ...invitation, link });
      await linkInTime(invitation.email, 'verify');
      await passUntilStored(world, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
      await fromVerifyingToDashboard(invitation);

      await eventually(
        'what the sender had given up has arrived, too',
        async () => mailsTo(invitation.email).length >= 2 * copies,
      );
      const ids = mailsTo(invitation.email).map(({ messageId }) => messageId);
      assert.equal(new Set(ids).size, 2);
      assert.equal(ids.length, 2 * copies);
      const events = await eventTypes(invitation.id);
      assert.equal(new Set(events).size, events.length, `each once: ${events}`);
    });
  }

  it('tells support of an invitation that finds no server for more than an hour, until one takes it', async () => {
    network.mail.cut();
    const invitation = await inviteOnly();
    await world.pass(55 * MINUTE);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport !== undefined, {
      step: MINUTE,
      within: 15 * MINUTE,
    });
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'invitation-undeliverable');
    assert.equal(mailsTo(invitation.email).length, 0);

    network.mail.restore();
    const link = await linkInTime(invitation.email, 'invite');
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport === undefined);
    await createAccount({ ...invitation, link });
    await fromVerifyingToDashboard(invitation);
    assert.equal(mailsTo(invitation.email).length, 2);
  });

  it('starts the 24 hours only when the server has taken the mail, three hours late', async () => {
    const invitation = await inviteOnly();
    const link = await linkInTime(invitation.email, 'invite');
    network.mail.cut();
    await createAccount({ ...invitation, link });
    const createdAt = world.now().getTime();
    await world.pass(3 * HOUR);
    const waiting = await found(invitation.id);
    assert.equal(waiting.verifyBy, undefined);
    assert.equal(waiting.needsSupport?.problem, 'verification-undeliverable');
    await invitation.person.open('/check-email');
    assert.match(invitation.person.text, /not been able to send an email .* so far/);

    network.mail.restore();
    await linkInTime(invitation.email, 'verify');
    await passUntilStored(world, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
    const { verifyBy, linkId = '', needsSupport } = await found(invitation.id);
    const message = await world.store.messages.find(`${linkId}.verification.1`);
    assert.equal(needsSupport, undefined);
    assert.ok((message?.acceptedAt?.getTime() ?? 0) >= createdAt + 3 * HOUR);
    assert.equal(verifyBy?.getTime(), (message?.acceptedAt?.getTime() ?? 0) + DAY);

    await world.pass((verifyBy?.getTime() ?? 0) - MINUTE - world.now().getTime());
    assert.equal((await found(invitation.id)).stage, 'verifying');
    await fromVerifyingToDashboard(invitation);
  });

  it('tells support at once when it refuses the invitation for good, and never asks it again', async () => {
    world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
    const { id, email } = await inviteOnly();
    await passUntilStored(world, id, ({ needsSupport }) => needsSupport !== undefined);
    const { needsSupport, linkId = '' } = await found(id);
    assert.equal(needsSupport?.problem, 'invitation-undeliverable');
    await world.pass(2 * HOUR);
    const message = await world.store.messages.find(`${linkId}.invitation.1`);
    assert.deepEqual([message?.state, message?.failure, message?.attempts], ['failed', '550', 1]);
    assert.equal(mailsTo(email).length, 0);
  });

  it('that refuses for good is told to support also where the database fails just then', async () => {
    const { onboardings } = world.store;
    const { take } = onboardings;
    let failures = 0;
    onboardings.take = async (...step) => {
      if (failures++ > 0) return take(...step);
      throw new Error('The database is away');
    };
    try {
      world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 2 } });
      const { id } = await inviteOnly();
      await passUntilStored(world, id, ({ needsSupport }) => needsSupport !== undefined);
      assert.ok(failures > 0);
      await untilFailed(id);
    } finally {
      onboardings.take = take;
    }
  });

  it('lets in through the reminder when it had refused the invitation, and support can forget it', async () => {
    world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
    const invitation = await inviteOnly();
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport !== undefined);
    await world.pass(4 * HOUR);
    const link = await linkInTime(invitation.email, 'invite');
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport === undefined);
    await createAccount({ ...invitation, link });
    await fromVerifyingToDashboard(invitation);
  });

  it('is asked again by the person when it refused the verification mail; the page says that it failed', async () => {
    const invitation = await inviteOnly();
    const link = await linkInTime(invitation.email, 'invite');
    world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
    await createAccount({ ...invitation, link });
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport !== undefined);
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'verification-undeliverable');
    await untilFailed(invitation.id);
    await invitation.person.open('/check-email');
    assert.match(invitation.person.text, /We could not deliver an email/);

    await invitation.person.press('Send the email again');
    await linkInTime(invitation.email, 'verify');
    await passUntilStored(world, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
    await fromVerifyingToDashboard(invitation);
    assert.equal(mailsTo(invitation.email).length, 2);
  });

  it('may refuse a second mail after the first: the next one accepted ends the trouble, the deadline stays', async () => {
    const invitation = await inviteOnly();
    const link = await linkInTime(invitation.email, 'invite');
    await createAccount({ ...invitation, link });
    await passUntilStored(world, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
    const { verifyBy } = await found(invitation.id);
    world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
    await world.pass(MINUTE);
    await invitation.person.open('/check-email');
    await invitation.person.press('Send the email again');
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport !== undefined);
    await invitation.person.press('Send the email again');
    await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport === undefined);
    assert.deepEqual((await found(invitation.id)).verifyBy, verifyBy);
  });

  it('takes one mail, not two, of a person who asked again while it was away', async () => {
    const invitation = await inviteOnly();
    const link = await linkInTime(invitation.email, 'invite');
    network.mail.cut();
    await createAccount({ ...invitation, link });
    await world.pass(5 * MINUTE);
    await invitation.person.press('Send the email again');
    await world.pass(5 * MINUTE);
    network.mail.restore();
    await passUntilStored(world, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
    await world.pass(10 * MINUTE);
    assert.equal(mailsTo(invitation.email).length, 2);
  });

  it('hides no step: away from the account on, after a mail that came, the person still reaches the dashboard', async () => {
    const invitation = await inviteOnly();
    const link = await linkInTime(invitation.email, 'invite');
    await createAccount({ ...invitation, link });
    await linkInTime(invitation.email, 'verify');
    await passUntilStored(world, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
    network.mail.cut();
    await invitation.person.press('Send the email again');
    await world.pass(MINUTE);
    await fromVerifyingToDashboard(invitation);
    assert.equal(await world.client.workflow.getHandle(`onboarding-${invitation.id}-1`).result(), 'active');
  });

  it('hides no deadline: an invitation that could never be mailed expires', async () => {
    network.mail.cut();
    const { id } = await inviteOnly();
    await world.pass(5 * HOUR);
    assert.equal((await found(id)).stage, 'invited');
    await world.pass(MINUTE);
    await passUntilStored(world, id, ({ stage }) => stage === 'expired');
    assert.equal(await world.client.workflow.getHandle(`onboarding-${id}-1`).result(), 'expired');
  });

  it('hides no deadline: an account whose verification could never be mailed is blocked', async () => {
    const invitation = await inviteOnly();
    const link = await linkInTime(invitation.email, 'invite');
    network.mail.cut();
    await createAccount({ ...invitation, link });
    await world.pass(5 * HOUR);
    assert.equal((await found(invitation.id)).stage, 'verifying');
    await world.pass(MINUTE);
    await passUntilStored(world, invitation.id, ({ stage }) => stage === 'blocked');
    network.mail.restore();
    await passUntil(world, 'the mail about the block came', () =>
      mailsTo(invitation.email).some(({ subject }) => /blocked/i.test(subject)),
    );
    assert.equal(mailsTo(invitation.email).length, 2);
  });

  it('leaves nothing undone', async () => {
    await world.pass(15 * MINUTE);
    await assertNothingLeft(world);
  });
});
