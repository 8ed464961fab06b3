import assert from 'node:assert/strict';
import { personAt } from '../security/people.js';
import { eventually } from '../support/eventually.js';
import { createAccount, invited, linkFromMail, PASSWORD, toDashboard } from '../support/journey.js';
import { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

describe('contacting support', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  async function supportPerson(): Promise<Person> {
    const { person, id } = await toDashboard(world);
    await world.store.onboardings.model.updateOne({ _id: id }, { $set: { role: 'support' } });
    return person.press('start using Huma', { accepted: 'yes' });
  }

  it('reaches support from any step, and the answer comes back', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    const { person, id } = invitation;
    await person.open('/support-chat');
    await person.press('Send', { message: '  I never got the mail.\r\nIs <b>sam</b> right?  ' });
    assert.match(person.text, /I never got the mail.*Is <b>sam<\/b> right\?/s);

    const support = await supportPerson();
    await support.open('/support/chats');
    assert.match(support.text, /Sam Taylor.*1 new message/s);
    await support.open(`/support/${id}/chat`);
    await support.press('Send', { message: 'We look into it.' });
    await support.open('/support/chats');
    assert.match(support.text, /Nobody is waiting/);
    await person.open('/support-chat');
    assert.match(person.text, /We look into it\./);
    assert.equal((await world.store.conversations.find(id))?.messages.length, 2);
  });

  it('with the password alone opens nothing of before, puts nothing away, and says so to support', async () => {
    const { id, email, person } = await personAt(world, 'active');
    await person.open('/support-chat');
    await person.press('Send', { message: 'My pager is 4711' });
    await world.store.conversations.say(id, { from: 'support', text: 'Noted, Sam', at: world.now() });

    const stranger = new Person(world.url);
    await stranger.open('/sign-in');
    await stranger.press('Sign in', { email, password: PASSWORD });
    assert.equal(stranger.path, '/two-step');
    await stranger.open('/support-chat');
    assert.doesNotMatch(stranger.text, /4711|Noted|Nothing has been written/);
    await stranger.press('Send', { message: 'I have another phone' });
    assert.match(stranger.text, /I have another phone/);
    assert.doesNotMatch(stranger.text, /4711|Noted/);
    assert.equal(await world.store.conversations.unreadByPerson(id), 1, 'the answer still waits for Sam');
    await person.open('/support-chat');
    await person.press('Send', { message: 'The code of the door is 0815' });
    await stranger.open('/support-chat');
    assert.doesNotMatch(stranger.text, /0815/, 'nor what Sam writes meanwhile');
    assert.match(stranger.text, /signed in without a code/);

    const support = await supportPerson();
    await support.open(`/support/${id}/chat`);
    const notes = support
      .page('.app-chat__message')
      .map((_, message) => /with the password alone/.test(support.page(message).text()));
    assert.deepEqual(notes.get(), [false, false, true, false]);

    await person.open('/support-chat');
    assert.match(person.text, /4711.*Noted.*another phone/s);
    assert.equal(await world.store.conversations.unreadByPerson(id), 0);
  });

  it('shows what is new also where the oldest goes for it', async () => {
    const { id, person } = await personAt(world, 'active');
    const say = (n: number) => {
      const at = new Date(world.now().getTime() + n);
      return world.store.conversations.say(id, { from: 'support', text: `Answer ${n}`, at });
    };
    for (let n = 1; n <= 200; n++) await say(n);
    await person.open('/support-chat');
    const address = new URL(person.page('[data-live]').attr('data-live') ?? '', world.url);
    await say(201);
    assert.equal((await world.store.conversations.find(id))?.messages.length, 200);
    const stream = await fetch(address, {
      headers: { cookie: await person.cookieHeader() },
      signal: AbortSignal.timeout(10_000),
    });
    assert.match(await stream.text(), /^data: \/support-chat$/m);
  });

  it('is open to who is blocked, and to nobody who is not signed in', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    const { person, email, id } = invitation;
    await linkFromMail(world, email, 'verify');
    await eventually('the deadline is set', async () => (await world.store.onboardings.find(id))?.verifyBy);
    await world.store.onboardings.model.updateOne({ _id: id }, { $set: { verifyBy: new Date(0) } });
    const overdue = await world.store.onboardings.find(id);
    assert.ok(overdue);
    await world.gateway.nudge(overdue);
    await eventually(
      'it is blocked',
      async () => (await world.store.onboardings.find(id))?.stage === 'blocked',
    );
    await eventually(
      'the block ends the session',
      async () => (await world.store.sessions.countOf(id)) === 0,
    );
    await person.open('/support-chat');
    assert.equal(person.path, '/sign-in');
    await person.press('Sign in', { email, password: PASSWORD });
    await person.open('/support-chat');
    await person.press('Send', { message: 'Please let me in again' });
    assert.match(person.text, /Please let me in again/);

    const stranger = new Person(world.url);
    await stranger.open('/support-chat');
    assert.equal(stranger.path, '/sign-in');
    await stranger.press('Sign in', { email, password: PASSWORD });
    assert.equal(stranger.path, '/blocked');
  });

  it('refuses an empty and an endless message, and keeps what was typed', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    const { person } = invitation;
    await person.open('/support-chat');
    await person.press('Send', { message: ' ' });
    assert.equal(person.status, 422);
    const endless = 'x'.repeat(1_001);
    await person.press('Send', { message: endless });
    assert.equal(person.status, 422);
    assert.equal(person.page('textarea').text().trim(), endless);
  });

  it('is forgotten with the person', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    await invitation.person.open('/support-chat');
    await invitation.person.press('Send', { message: 'Forget me' });
    await actAs(world, invitation.id, 'erase');
    assert.equal(await world.store.conversations.find(invitation.id), null);
  });

  it('answers nobody but support in the console', async () => {
    const { person, id } = await toDashboard(world);
    await person.press('start using Huma', { accepted: 'yes' });
    for (const path of ['/support', '/support/chats', `/support/${id}/chat`]) {
      await person.open(path);
      assert.equal(person.status, 404, path);
    }
  });
});
