import assert from 'node:assert/strict';
import type { EventType } from '../../store/facts.js';
import { PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, personAt } from './people.js';
import { volley } from './requests.js';

/** SECURITY.md row 8: every secret is consumed once, however many clicks arrive in the same moment. */
describe('many clicks at once', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const eventsOf = async (id: string, type: EventType) =>
    (await factsOf(world, id)).outbox.filter((event) => event.type === type).length;

  it('on "Verify email" verify once', async () => {
    const { id, person, links } = await personAt(world, 'verifying', { level: 'password' });
    await person.open(links.verification);
    const linkId = person.page('input[name=linkId]').attr('value') ?? '';
    const answers = await volley(person, '/verify', { times: 64, fields: () => ({ linkId }) });
    assert.ok(answers.every(({ status, headers }) => status === 303 && headers.location === '/phone'));
    assert.equal(await eventsOf(id, 'email-verified'), 1);
  });

  it('on "Create account" make one account and one session', async () => {
    const { id, links, session } = await personAt(world, 'invited');
    await world.store.sessions.closeById(session._id);
    const person = await new Person(world.url).open(links.invitation);
    const linkId = person.page('input[name=linkId]').attr('value') ?? '';
    const answers = await volley(person, '/create-account', {
      times: 16,
      fields: () => ({ firstName: 'Sam', lastName: 'Taylor', password: PASSWORD, accepted: 'yes', linkId }),
    });
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    assert.ok(answers.every(({ status }) => status === 303 || status === 410));
    assert.equal(await eventsOf(id, 'account-created'), 1);
    assert.equal(await world.store.sessions.countOf(id), 1);
  });

  it('on "start using Huma" acknowledge once', async () => {
    const { id, person } = await personAt(world, 'active');
    await world.store.onboardings.model.updateOne({ _id: id }, { $unset: { disclaimer: 1 } });
    await person.open('/dashboard');
    const fields = () => ({ accepted: 'yes', version: 'sample-1' });
    const answers = await volley(person, '/disclaimer', { times: 64, fields });
    assert.ok(answers.every(({ status }) => status === 303));
    assert.equal(await eventsOf(id, 'disclaimer-acknowledged'), 1);
  });

  it('on "Send again" ask for one more text or mail, the cooldown being one', async () => {
    const { id, person } = await personAt(world, 'confirming', { level: 'password' });
    world.advance(31_000);
    await person.open('/two-step');
    await volley(person, '/two-step/send-again', { times: 5, fields: () => ({}) });
    assert.equal(await eventsOf(id, 'code-sent-again'), 1);
    assert.equal((await factsOf(world, id)).challenge?.sends, 2);
  });
});
