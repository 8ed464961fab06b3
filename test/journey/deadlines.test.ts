import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { createAccount, type Invited, invite, invited, linkFromMail, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

describe('deadlines, on a server that skips time', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld({ skipsTime: true });
  });
  after(() => world?.stop());

  /** Creates the account and waits until the mail server has the verification mail: the 24 hours run. */
  async function untilVerifying(): Promise<Invited & { verifyBy: Date; verifyLink: string }> {
    const invitation = await invited(world);
    await createAccount(invitation);
    const verifyLink = await linkFromMail(world, invitation.email, 'verify');
    const verifyBy = await eventually(
      'the deadline is set',
      async () => (await world.store.onboardings.find(invitation.id))?.verifyBy,
    );
    return { ...invitation, verifyBy, verifyLink };
  }

  const passUntil = (moment: number) => world.pass(moment - world.now().getTime());

  async function outcomeOf(id: string): Promise<unknown> {
    return world.client.workflow.getHandle(`onboarding-${id}-1`).result();
  }

  const mailsTo = (email: string, subject: RegExp) =>
    world.inbox.mails.filter((mail) => mail.to === email && subject.test(mail.subject));

  it('lets in who verifies at 23:59:59', async () => {
    const { person, verifyLink, verifyBy, id, email } = await untilVerifying();
    await passUntil(verifyBy.getTime() - SECOND);
    await person.open(verifyLink);
    await person.press('Verify email');
    // The session of a day ago has timed out: the password leads on.
    assert.equal(person.path, '/sign-in');
    await person.press('Sign in', { email, password: PASSWORD });
    assert.equal(person.path, '/phone');
    await world.pass(DAY);
    assert.equal((await world.store.onboardings.find(id))?.stage, 'enrolling');
  });

  it('keeps out who verifies at 24:00:01, before anything has been written', async () => {
    const { person, verifyLink, verifyBy, id, email } = await untilVerifying();
    await person.open(verifyLink);
    await passUntil(verifyBy.getTime() + SECOND);
    assert.equal((await world.store.onboardings.find(id))?.stage, 'verifying');
    await person.press('Verify email');
    assert.equal(person.status, 410);

    const elsewhere = new Person(world.url);
    await elsewhere.open('/sign-in');
    await elsewhere.press('Sign in', { email, password: PASSWORD });
    assert.equal(elsewhere.path, '/blocked');
  });

  it('blocks 30 seconds after the deadline, with one mail, and has reminded before', async () => {
    const { verifyBy, id, email } = await untilVerifying();
    await passUntil(verifyBy.getTime() + 29 * SECOND);
    assert.equal((await world.store.onboardings.find(id))?.stage, 'verifying');
    await world.pass(10 * SECOND);
    await world.inbox.nextMail((mail) => mail.to === email && /blocked/i.test(mail.subject));
    const blocked = await world.store.onboardings.find(id);
    assert.equal(blocked?.stage, 'blocked');
    assert.ok((blocked?.blockedAt?.getTime() ?? 0) >= verifyBy.getTime() + 30 * SECOND);

    await world.pass(31 * DAY);
    assert.equal(await outcomeOf(id), 'blocked');
    assert.equal(mailsTo(email, /blocked/i).length, 1);
    // Invitation, verification, one reminder of it, blocked.
    assert.equal(world.inbox.mails.filter((mail) => mail.to === email).length, 4);
  });

  it('expires an unanswered invitation after 7 days, with two reminders, and frees the address', async () => {
    const { id, email, person, link } = await invited(world);
    await world.pass(7 * DAY + 31 * SECOND);
    assert.equal(await outcomeOf(id), 'expired');
    assert.equal(world.inbox.mails.filter((mail) => mail.to === email).length, 3);

    await person.open(link);
    assert.equal(person.status, 410);
    const again = await invite(world, { email });
    assert.equal(again.status, 201);
    assert.notEqual(again.body['id'], id);
  });
});
