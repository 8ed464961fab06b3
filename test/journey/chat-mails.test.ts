import assert from 'node:assert/strict';
import { sweepOnce } from '../../activities/sweep.js';
import type { ChatSide } from '../../store/facts.js';
import { later, mailAboutChat } from '../../store/steps.js';
import { type Placed, personAt } from '../security/people.js';
import { eventually } from '../support/eventually.js';
import type { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

const SUPPORT = 'support@huma.com';

describe('a chat message that nobody reads', function () {
  this.timeout(60_000);
  let world: World;
  let support: Person;
  before(async () => {
    world = await startWorld();
    support = (await personAt(world, 'active', { facts: { role: 'support' } })).person;
  });
  after(() => world?.stop());

  async function write({ person }: Pick<Placed, 'person'>, message: string): Promise<void> {
    await person.open('/support-chat');
    await person.press('Send', { message });
    assert.equal(person.status, 200);
  }
  async function answer(id: string, message: string): Promise<void> {
    await support.open(`/support/${id}/chat`);
    await support.press('Send', { message });
    assert.equal(support.status, 200);
  }

  const timeIsUp = () => world.advance(world.policy.chatMailAfter);
  const about = (id: string) =>
    world.inbox.mails.filter(({ to, text }) => to === SUPPORT && text.includes(`/support/${id}/chat`));
  const answersTo = (email: string) =>
    world.inbox.mails.filter(({ to, text }) => to === email && text.includes('/support-chat'));

  /** Everything that was called for has been sent or given up. */
  const settled = (id: string) =>
    eventually('no notice is left', async () => {
      const o = await world.store.onboardings.find(id);
      return o?.notices.length === 0;
    });

  async function sweepTwice(id: string): Promise<void> {
    await world.sweep();
    await settled(id);
    await world.sweep();
    await settled(id);
  }

  it('becomes one mail to support, without a name and without what was written', async () => {
    const placed = await personAt(world, 'verifying', { level: 'password' });
    await write(placed, 'The secret of my life');
    await sweepTwice(placed.id);
    assert.equal(about(placed.id).length, 0, 'not before its time');

    timeIsUp();
    await sweepTwice(placed.id);
    await write(placed, 'Are you there?');
    timeIsUp();
    await sweepTwice(placed.id);
    const [mail, ...more] = about(placed.id);
    assert.ok(mail);
    assert.equal(more.length, 0, 'one for the whole stretch');
    assert.doesNotMatch(mail.subject + mail.text + mail.html, /Sam|Taylor|secret/);
    assert.ok(!mail.html.includes(placed.email));
    const records = await world.store.messages.of(placed.id);
    const record = records.find(({ kind }) => kind === 'chat-waiting');
    assert.equal(record?.state, 'accepted');
    assert.equal(mail.messageId, `<${record?._id}@localhost>`);
    const trail = await world.store.audit.of(placed.id);
    assert.equal(trail.filter(({ type }) => type === 'chat-unanswered').length, 1);
  });

  it('is no mail where support has answered in time, and one again for the next stretch', async () => {
    const placed = await personAt(world, 'active');
    await write(placed, 'Hello?');
    await answer(placed.id, 'Hello.');
    await placed.person.open('/support-chat');
    timeIsUp();
    await sweepTwice(placed.id);
    assert.equal(about(placed.id).length, 0);
    assert.equal(answersTo(placed.email).length, 0);

    for (const stretch of [1, 2]) {
      await write(placed, 'One more question');
      timeIsUp();
      await sweepTwice(placed.id);
      assert.equal(about(placed.id).length, stretch);
      await answer(placed.id, 'Here is the answer');
      await placed.person.open('/support-chat');
    }
  });

  it('is no mail where support has put it away as needing no answer', async () => {
    const placed = await personAt(world, 'active');
    await write(placed, 'Thank you!');
    await support.open(`/support/${placed.id}/chat`);
    world.advance(1);
    await write(placed, 'And one more thing');
    await support.press('No answer needed');
    assert.match(support.text, /Sam Taylor.*2 new messages/s, 'what came meanwhile is not put away unread');
    await support.open(`/support/${placed.id}/chat`);
    await support.press('No answer needed');
    assert.equal(support.page(`a[href="/support/${placed.id}/chat"]`).length, 0);
    timeIsUp();
    await sweepTwice(placed.id);
    assert.equal(about(placed.id).length, 0);
  });

  it('becomes one mail to the person, without the answer', async () => {
    const placed = await personAt(world, 'active');
    await write(placed, 'Hello?');
    await answer(placed.id, 'The number of your new door');
    await answer(placed.id, 'is 42');
    timeIsUp();
    await sweepTwice(placed.id);
    const [mail, ...more] = answersTo(placed.email);
    assert.ok(mail);
    assert.equal(more.length, 0);
    assert.doesNotMatch(mail.text + mail.html, /new door|42</);
    assert.match(mail.subject, /answered/);
  });

  it('is counted in the menu until the person has seen it', async () => {
    const [member, enrolling] = [
      await personAt(world, 'active'),
      await personAt(world, 'enrolling', { level: 'password' }),
    ];
    for (const { id } of [member, enrolling]) await answer(id, 'Good to have you with us');
    await member.person.open('/dashboard');
    assert.match(member.person.page('header').text(), /1 new answer from support/);
    await enrolling.person.open('/phone');
    assert.equal(enrolling.person.page('.app-answers').text(), '1 new answer from support');
    for (const { person, id } of [member, enrolling]) {
      const head = { method: 'HEAD', headers: { cookie: await person.cookieHeader() } };
      assert.equal((await fetch(`${world.url}/support-chat`, head)).status, 200);
      assert.equal(await world.store.conversations.unreadByPerson(id), 1, 'asked about is not seen');
      await person.open('/support-chat');
      assert.doesNotMatch(person.page('body').text(), /new answer/);
    }
  });

  it('is counted in the console', async () => {
    const placed = await personAt(world, 'active');
    await support.open('/support');
    const before = /Waiting for an answer \((\d+)\)/.exec(support.text)?.[1];
    await write(placed, 'One');
    await write(placed, 'Two');
    await support.open('/support');
    assert.ok(support.text.includes(`Waiting for an answer (${Number(before) + 1})`), support.text);
    await support.open(`/support/${placed.id}`);
    assert.match(support.text, /2 messages without an answer/);
    await answer(placed.id, 'Three');
    await support.open(`/support/${placed.id}`);
    assert.doesNotMatch(support.text, /without an answer/);
  });

  it('is one mail, however many sweepers come upon it at once', async () => {
    const placed = await personAt(world, 'active');
    await write(placed, 'Hello?');
    timeIsUp();
    const { store, policy, gateway, now } = world;
    const dependencies = { store, policy, nudge: gateway.nudge, clock: now };
    const sweep = sweepOnce(dependencies as unknown as Parameters<typeof sweepOnce>[0]);
    await Promise.all(Array.from({ length: 8 }, sweep));
    await sweepTwice(placed.id);
    assert.equal(about(placed.id).length, 1);
    const { outbox = [] } = (await store.onboardings.find(placed.id)) ?? {};
    const trail = [...outbox, ...(await store.audit.of(placed.id))];
    assert.equal(trail.filter(({ type }) => type === 'chat-unanswered').length, 1);
  });

  it('is mailed about once after a crash at any point of the sweep', async () => {
    const placed = await personAt(world, 'active');
    await world.sweep();
    await write(placed, 'Hello?');
    timeIsUp();
    const { store, policy, now } = world;
    const fails = async () => {
      throw new Error('Temporal is away');
    };
    const dependencies = { store, policy, nudge: fails, clock: now };
    await sweepOnce(dependencies as unknown as Parameters<typeof sweepOnce>[0])();
    assert.equal(about(placed.id).length, 0);
    assert.equal((await store.onboardings.find(placed.id))?.notices.length, 1, 'the step stands');
    world.advance(10_000);
    await sweepTwice(placed.id);
    assert.equal(about(placed.id).length, 1);
  });

  it('is no mail any more when it was answered while the mail server was away', async () => {
    const placed = await personAt(world, 'active');
    await world.sweep();
    await write(placed, 'Hello?');
    const since = (await world.store.conversations.find(placed.id))?.supportOwesSince;
    assert.ok(since);
    await answer(placed.id, 'Hello.');
    await placed.person.open('/support-chat');
    const at = later(since, world.policy.chatMailAfter);
    await world.store.onboardings.take(placed.id, mailAboutChat({ reader: 'support', since, at }));
    world.advance(10_000);
    await sweepTwice(placed.id);
    assert.equal(about(placed.id).length, 0);
    const sent = await world.store.messages.of(placed.id);
    assert.ok(!sent.some(({ kind }) => kind === 'chat-waiting'));
  });

  it('is no mail to somebody who could not read it, or is gone', async () => {
    const { store } = world;
    const suspended = await personAt(world, 'suspended');
    await store.conversations.say(suspended.id, { from: 'support', text: 'Hello', at: world.now() });
    const erased = await personAt(world, 'active');
    await actAs(world, erased.id, 'erase');
    for (const from of ['person', 'support'] as const satisfies ChatSide[])
      await store.conversations.say(erased.id, { from, text: 'Hello', at: world.now() });
    timeIsUp();
    for (const { id } of [suspended, erased]) await sweepTwice(id);
    for (const { id, email } of [suspended, erased]) {
      assert.deepEqual([...about(id), ...answersTo(email)], []);
      assert.deepEqual(await store.conversations.unread('person', world.now(), 100), []);
    }
  });
});
