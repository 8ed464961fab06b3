import assert from 'node:assert/strict';
import { call, newKey } from '../rest/calls.js';
import { newEmail } from '../support/journey.js';
import type { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, personAt } from './people.js';

const reason = 'Asked for it by phone';

/** Staff can have mails sent to any address: at each door as often as the others, and as inviting. */
describe('mails that staff call for', function () {
  this.timeout(60_000);
  const worlds: World[] = [];
  after(async () => {
    for (const world of worlds) await world.stop();
  });

  async function place(options: Parameters<typeof startWorld>[0]) {
    const world = await startWorld({ worker: false, ...options });
    worlds.push(world);
    world.advance(0);
    Object.assign(world.gateway, { act: async () => undefined });
    const staff = async (role: 'team-lead' | 'support') =>
      (await personAt(world, 'active', { facts: { role } })).person;
    return { world, lead: await staff('team-lead'), support: await staff('support') };
  }

  /** @returns the status of the page that follows, and what it says against it */
  async function onPage(person: Person, path: string, button: string, email?: string) {
    await person.open(path);
    await person.press(button, { reason, ...(email !== undefined && { email }) });
    return { status: person.status, errors: person.errors.join() };
  }

  it('wait half a minute after the one before, at every door', async () => {
    const { world, lead, support } = await place({});
    for (const [name, button, email] of [
      ['newWindow', 'Open a new window', undefined],
      ['correctEmail', 'Correct the email address', newEmail()],
    ] as const) {
      const { id } = await personAt(world, 'verifying');
      const before = await factsOf(world, id);
      const answer = await call(world, name, { id, body: { reason, ...(email && { email }) } });
      assert.deepEqual([answer.status, answer.json['type']], [429, 'urn:problem:too-soon']);
      assert.equal(answer.headers['retry-after'], '30');
      for (const [person, base] of [
        [lead, '/team'],
        [support, '/support'],
      ] as const) {
        const { status, errors } = await onPage(person, `${base}/${id}`, button, email);
        assert.equal(status, 422);
        assert.match(errors, /a moment ago/);
      }
      assert.deepEqual(await factsOf(world, id), before);
      world.advance(30_000);
      assert.equal((await onPage(support, `/support/${id}`, button, email)).errors, '');
    }
  });

  it('to a corrected address count as invitations of whoever corrects, at every door', async () => {
    const limits = { 'invite-caller': { points: 2, duration: 3_600 } };
    const { world, lead, support } = await place({ limits, policy: { resendCooldown: 0 } });
    const { key } = await newKey(world);
    const byApi = async (id: string, email: string) => {
      const { status } = await call({ url: world.url, apiKey: key }, 'correctEmail', {
        id,
        body: { reason, email },
      });
      return status;
    };
    const byPage = (person: Person, base: string) => async (id: string, email: string) => {
      const { errors } = await onPage(person, `${base}/${id}`, 'Correct the email address', email);
      return errors === '' ? 200 : /Too many/.test(errors) ? 429 : 400;
    };
    for (const correct of [byApi, byPage(lead, '/team'), byPage(support, '/support')]) {
      const { id, email } = await personAt(world, 'verifying');
      const statuses = [];
      // What is refused otherwise counts against nothing.
      for (const to of [email, email, newEmail(), newEmail(), newEmail()])
        statuses.push(await correct(id, to));
      assert.deepEqual(statuses, [400, 400, 200, 200, 429]);
    }
  });

  it('of clinicians are twenty invitations a day', async () => {
    const { world, lead } = await place({});
    const { person } = await personAt(world, 'active');
    const invite = async (by: Person, email = newEmail()) => {
      await by.open('/dashboard');
      await by.open('/invite-colleague');
      await by.press('Send invitation', { email });
      return by.status;
    };
    assert.equal(await invite(person, 'typing@'), 422, 'which costs nothing');
    const statuses = [];
    for (let nth = 0; nth <= 20; nth++) statuses.push(await invite(person));
    assert.deepEqual(statuses, [...Array<number>(20).fill(200), 422]);
    assert.match(person.errors.join(), /as many colleagues as one person can in a day/);
    for (let nth = 0; nth <= 20; nth++) assert.equal(await invite(lead), 200);
  });
});
