import assert from 'node:assert/strict';
import { anotherBrowser, factsOf, personAt } from '../security/people.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  invited,
  linkFromMail,
  NEW_PASSWORD,
  newEmail,
  PASSWORD,
  toDashboard,
  verifyEmail,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { doctorFindings } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

const MINUTE = 60_000;

describe('whoever has lost the password', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const ask = async (email: string, person = new Person(world.url)): Promise<Person> => {
    await person.open('/sign-in');
    await person.open(person.page('a:contains("Forgotten your password?")').attr('href') ?? '');
    return person.press('Send the link', { email });
  };
  const mailsTo = (email: string, about: RegExp) =>
    world.inbox.mails.filter(({ to, subject }) => to === email && about.test(subject));
  const told = (email: string) =>
    world.inbox.nextMail(({ to, subject }) => to === email && /password .* was changed/.test(subject));

  it('chooses another by a mailed link, signs in with it and a code as always, and is told', async () => {
    const { id, email, person, number } = await toDashboard(world);
    await person.press('start using Huma', { accepted: 'yes' });
    await person.press('Sign out');
    await ask(email, person);
    assert.match(person.text, /If there is an account with the address/);

    await person.open(await linkFromMail(world, email, 'reset-password'));
    assert.equal(person.path, '/reset-password');
    assert.equal(person.page('input[autocomplete=username]').attr('value'), email);
    assert.equal(person.page('input[name=password]').attr('autocomplete'), 'new-password');
    await person.press('Change password', { password: NEW_PASSWORD });
    assert.equal(person.path, '/sign-in');
    const since = world.inbox.texts.length;
    await person.press('Sign in', { email, password: NEW_PASSWORD });
    assert.equal(person.path, '/two-step');
    await person.press('Next', { code: await codeFromText(world, number, since) });
    assert.equal(person.path, '/dashboard');

    await told(email);
    await eventually('both mails are out of the document', async () => {
      return (await factsOf(world, id)).notices.length === 0;
    });
    const messages = await world.store.messages.of(id);
    for (const kind of ['password-reset', 'password-changed']) {
      assert.equal(messages.find((message) => message.kind === kind)?.state, 'accepted', kind);
    }
    assert.deepEqual(await doctorFindings(world), []);
  });

  it('on the way in goes on from where the way was left, by the same workflow', async () => {
    const invitation = await invited(world);
    const { id, email } = invitation;
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await ask(email);
    const person = await new Person(world.url).open(await linkFromMail(world, email, 'reset-password'));
    await person.press('Change password', { password: NEW_PASSWORD });
    await person.press('Sign in', { email, password: NEW_PASSWORD });
    assert.equal(person.path, '/phone');
    assert.equal((await invitation.person.open('/phone')).path, '/sign-in', 'the old session has ended');
    assert.equal((await world.gateway.live(await factsOf(world, id), 10_000)).status, 'RUNNING');
  });

  it('gets a mail for each link, and only the newest opens', async () => {
    const { email } = await personAt(world, 'active', {
      facts: { links: [], resetLinkId: 'none of these' },
    });
    await ask(email);
    const older = await linkFromMail(world, email, 'reset-password');
    world.advance(MINUTE);
    const since = world.inbox.mails.length;
    await ask(email);
    const newer = await linkFromMail(world, email, 'reset-password', since);
    assert.notEqual(newer, older);
    assert.equal((await new Person(world.url).open(older)).heading, 'There is a newer link');
    assert.equal((await new Person(world.url).open(newer)).heading, 'Choose a new password');
  });

  it('gets no mail whose link has ended while the mail server, or the worker, was away', async () => {
    await world.stopWorker();
    const { id, email } = await personAt(world, 'active', { facts: { links: [] } });
    await ask(email);
    assert.equal((await factsOf(world, id)).notices.length, 1);
    world.advance(31 * MINUTE);
    await world.startWorker();
    await eventually('it is dropped', async () => (await factsOf(world, id)).notices.length === 0);
    assert.deepEqual(mailsTo(email, /./), []);
  });

  it('gets none without an account, or at a stage where it would open something', async () => {
    const others = [newEmail()];
    for (const stage of ['invited', 'verifying', 'blocked', 'suspended'] as const) {
      others.push((await personAt(world, stage, { facts: { links: [] } })).email);
    }
    for (const email of others) await ask(email);
    const { email } = await personAt(world, 'active', { facts: { links: [] } });
    await ask(email);
    await linkFromMail(world, email, 'reset-password');
    for (const other of others) assert.deepEqual(mailsTo(other, /password/), []);
  });

  it('a crash between the asking and the nudge loses nothing: the sweeper sends it', async () => {
    const { nudge } = world.gateway;
    Object.assign(world.gateway, { nudge: () => Promise.reject(new Error('away')) });
    const { email } = await personAt(world, 'active', { facts: { links: [] } });
    await ask(email);
    Object.assign(world.gateway, { nudge });
    world.advance(10_000);
    await world.sweep();
    await linkFromMail(world, email, 'reset-password');
  });

  it('is told as well where the password is changed on the account page', async () => {
    const { id, email, person } = await personAt(world, 'active');
    const elsewhere = await anotherBrowser(world, id, 'full');
    await person.open('/account');
    await person.open(person.page('a:contains("Change your password")').attr('href') ?? '');
    await person.press('Change password', { password: PASSWORD, newPassword: NEW_PASSWORD });
    assert.equal(person.path, '/account');
    assert.equal((await elsewhere.open('/dashboard')).path, '/sign-in');
    await told(email);
  });
});
