import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  toDashboard,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

describe('turns on the way', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ policy: { resendCooldown: 1 } });
  });
  after(() => world?.stop());

  const mailsTo = (email: string) => world.inbox.mails.filter(({ to }) => to === email);
  async function signedIn(email: string): Promise<Person> {
    const person = new Person(world.url);
    await person.open('/sign-in');
    return person.press('Sign in', { email, password: PASSWORD });
  }

  it('the verification mail can be sent again, with the same link', async () => {
    const invitation = await invited(world);
    const { person, email } = invitation;
    await createAccount(invitation);
    const first = await linkFromMail(world, email, 'verify');
    const since = world.inbox.mails.length;
    await person.press('Send the email again');
    assert.equal(await linkFromMail(world, email, 'verify', since), first);
    const [, one, two] = mailsTo(email);
    assert.notEqual(one?.messageId, two?.messageId);
    await person.open(first);
    await person.press('Verify email');
    assert.equal(person.path, '/phone');
  });

  it('one’s own address can be corrected before verification: old links die, both addresses are told', async () => {
    const invitation = await invited(world);
    const { person, email, id } = invitation;
    await createAccount(invitation);
    const old = await linkFromMail(world, email, 'verify');
    const right = newEmail();
    await person.open('/change-address');
    await person.press('Change email address', { email: right, password: 'not the password' });
    assert.deepEqual(person.errors, ['That is not your password. Please try again']);
    await person.press('Change email address', { email: right, password: PASSWORD });
    assert.equal(person.path, '/check-email');
    assert.match(person.text, new RegExp(right));

    await person.open(old);
    assert.equal(person.heading, 'There is a newer link');
    await person.open(await linkFromMail(world, right, 'verify'));
    await person.press('Verify email');
    assert.equal(person.path, '/phone');
    const told = await world.inbox.nextMail(({ to, subject }) => to === email && /address/i.test(subject));
    assert.ok(!told.text.includes(right), 'the old address does not learn the new one');
    await world.inbox.nextMail(
      ({ to, subject }) => to === 'alex.morgan@example.org' && /address/i.test(subject),
    );
    assert.equal((await world.store.onboardings.find(id))?.email, right);
    assert.equal((await signedIn(email)).path, '/sign-in');
    assert.equal((await signedIn(right)).path, '/phone');
  });

  it('after verification a corrected address is verified again', async () => {
    const invitation = await invited(world);
    const { person } = invitation;
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await person.open('/change-address');
    const right = newEmail();
    await person.press('Change email address', { email: right, password: PASSWORD });
    assert.equal(person.path, '/check-email');
    await person.open('/phone');
    assert.equal(person.path, '/check-email');
    await verifyEmail(world, { ...invitation, email: right });
  });

  it('an address that somebody else has cannot be taken', async () => {
    const other = await invited(world);
    const invitation = await invited(world);
    await createAccount(invitation);
    await invitation.person.open('/change-address');
    await invitation.person.press('Change email address', { email: other.email, password: PASSWORD });
    assert.match(invitation.person.errors[0] ?? '', /cannot be used/);
  });

  it('the number can be corrected; the code of the old one no longer counts', async () => {
    const invitation = await invited(world);
    const { person } = invitation;
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    const [wrong, right] = [newNumber(), newNumber()];
    await enterNumber(invitation, wrong);
    const oldCode = await codeFromText(world, wrong);
    await person.open('/phone');
    await enterNumber(invitation, right);
    const code = await codeFromText(world, right);
    if (oldCode !== code) {
      await person.press('Next', { code: oldCode });
      assert.match(person.errors[0] ?? '', /not|wrong/i);
    }
    await person.press('Next', { code });
    await untilUnlocked(invitation);
    const [onboarding] = [await world.store.onboardings.find(invitation.id)];
    assert.equal(onboarding?.phone, `+44${right.replaceAll(' ', '').slice(1)}`);
  });

  it('the text can be sent again, with the same code', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    const number = newNumber();
    await enterNumber(invitation, number);
    const code = await codeFromText(world, number);
    const since = world.inbox.texts.length;
    await invitation.person.press('Send again');
    assert.equal(await codeFromText(world, number, since), code);
    await enterCode(world, invitation, number);
  });

  it('a browser that was closed at any step goes on after signing in', async () => {
    const invitation = await invited(world);
    const { email } = invitation;
    await createAccount(invitation);
    assert.equal((await signedIn(email)).path, '/check-email');
    await verifyEmail(world, invitation);
    assert.equal((await signedIn(email)).path, '/phone');
    const number = newNumber();
    await enterNumber(invitation, number);
    await codeFromText(world, number);
    const resumed = await signedIn(email);
    assert.equal(resumed.path, '/two-step');
    const since = world.inbox.texts.length;
    await resumed.press('Send again');
    await resumed.press('Next', { code: await codeFromText(world, number, since) });
    await untilUnlocked({ person: resumed });
  });

  it('a link opened in another browser verifies, asks for the password, then goes on', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    const phone = new Person(world.url);
    await phone.open(await linkFromMail(world, invitation.email, 'verify'));
    await phone.press('Verify email');
    assert.equal(phone.path, '/sign-in');
    await phone.press('Sign in', { email: invitation.email, password: PASSWORD });
    assert.equal(phone.path, '/phone');
    await invitation.person.open('/check-email');
    assert.equal(invitation.person.path, '/phone');
  });

  it('a used link leads on, and never back', async () => {
    const invitation = await invited(world);
    const { person, link, email } = invitation;
    await createAccount(invitation);
    await person.open(link);
    assert.equal(person.path, '/check-email');
    const elsewhere = new Person(world.url);
    await elsewhere.open(link);
    assert.equal(elsewhere.heading, 'This link has already been used');
    const verifyLink = await linkFromMail(world, email, 'verify');
    await verifyEmail(world, invitation);
    await elsewhere.open(verifyLink);
    assert.equal(elsewhere.path, '/sign-in');
  });

  it('somebody else’s link is not eaten by the account that is signed in', async () => {
    const signed = await toDashboard(world);
    const other = await invited(world);
    await signed.person.open(other.link);
    assert.equal(signed.person.heading, 'You are signed in as someone else');
    assert.equal((await world.store.onboardings.find(other.id))?.stage, 'invited');
    await createAccount(other);
    await signed.person.open(await linkFromMail(world, other.email, 'verify'));
    assert.equal(signed.person.heading, 'You are signed in as someone else');
    assert.equal((await world.store.onboardings.find(other.id))?.stage, 'verifying');
  });

  it('who finds the invitation withdrawn asks for a new one, once a day, and the inviter is told', async () => {
    const { person, link, id, email } = await invited(world);
    await actAs(world, id, 'revoke');
    await person.open(link);
    assert.equal(person.heading, 'This invitation was withdrawn');
    await person.press('Ask for a new invitation');
    assert.match(person.text, /We have told the person who invited you/);
    await world.inbox.nextMail(
      ({ to, subject, text }) =>
        to === 'alex.morgan@example.org' && /new/i.test(subject) && text.includes('Sam Taylor'),
    );
    await person.open(link);
    await person.press('Ask for a new invitation');
    const events = (await world.store.onboardings.find(id))?.outbox.filter(
      ({ type }) => type === 'new-link-requested',
    );
    assert.equal(events?.length, 1);
    assert.equal(mailsTo(email).length, 1);
  });

  it('a code that cannot be delivered is told on the page and to support', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    world.inbox.switches.set({ texts: { mode: 'undelivered', remaining: 1 } });
    await enterNumber(invitation, newNumber());
    await eventually(
      'support is called',
      async () =>
        (await world.store.onboardings.find(invitation.id))?.needsSupport?.problem === 'text-undeliverable',
    );
    await invitation.person.open('/two-step');
    assert.match(invitation.person.text, /could not/i);
    await world.inbox.nextMail(
      ({ to, subject }) => to === 'alex.morgan@example.org' && /stuck|help|reach/i.test(subject),
    );
  });
});
