import assert from 'node:assert/strict';
import { freePort } from '../../dev/services/ports.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterNumber,
  invite,
  invited,
  linkFromMail,
  NEW_PASSWORD,
  newEmail,
  newNumber,
  PASSWORD,
  untilUnlocked,
} from '../support/journey.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';
import { Person } from '../support/person.js';

describe('two api processes on one database', function () {
  this.timeout(120_000);
  let world: LocalWorld;
  /** Origin of the second process; its pages are built for the first one's address, as behind one proxy. */
  let second: string;
  before(async () => {
    world = await startLocalWorld({ SWEEP_SECONDS: '1' });
    const port = await freePort();
    await world.startAnotherApi(port);
    second = `http://localhost:${port}`;
  });
  after(() => world?.stop());

  /** The same browser, its requests carried to the other process. */
  const through = (origin: string, person: Person): Person => {
    const moved = new Person(origin, world.url);
    Object.assign(moved, { jar: person.jar, page: person.page, path: person.path });
    return moved;
  };

  it('share sessions, codes and one-time steps', async () => {
    const invitation = await invited(world);
    const { person, email } = invitation;
    await createAccount(invitation);
    const elsewhere = through(second, person);
    await elsewhere.open(new URL(await linkFromMail(world, email, 'verify')).pathname);
    await elsewhere.press('Verify email');
    assert.equal(elsewhere.path, '/phone');
    await person.open('/phone');
    const number = newNumber();
    await enterNumber(invitation, number);
    await elsewhere.open('/two-step');
    await elsewhere.press('Next', { code: await codeFromText(world, number) });
    await person.open('/dashboard');
    await untilUnlocked({ person });
    await person.press('start using Huma', { accepted: 'yes' });
    await person.press('Sign out');
    await elsewhere.open('/dashboard');
    assert.equal(elsewhere.path, '/sign-in', 'signed out in one process is signed out in the other');
  });

  it('end the sessions of both when a password is reset in one', async () => {
    const invitation = await invited(world);
    const { person, email } = invitation;
    await createAccount(invitation);
    await person.open(await linkFromMail(world, email, 'verify'));
    await person.press('Verify email');
    assert.equal(person.path, '/phone');
    const lost = new Person(second, world.url);
    await lost.open('/forgotten-password');
    await lost.press('Send the link', { email });
    await lost.open(new URL(await linkFromMail(world, email, 'reset-password')).pathname);
    await lost.press('Change password', { password: NEW_PASSWORD });
    assert.equal(lost.path, '/sign-in');
    for (const each of [person, through(second, person)]) {
      await each.open('/phone');
      assert.equal(each.path, '/sign-in');
    }
  });

  it('count attempts together', async () => {
    const email = newEmail();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt++) {
      const person = new Person(attempt % 2 === 0 ? world.url : second, world.url);
      await person.open('/sign-in');
      await person.press('Sign in', { email, password: PASSWORD });
      statuses.push(person.status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(422), 429]);
  });

  it('make one invitation of one Idempotency-Key', async () => {
    const email = newEmail();
    const key = { 'idempotency-key': 'the-same-key' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        invite({ url: n % 2 === 0 ? world.url : second, apiKey: world.apiKey }, { email }, key),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(answers.map(({ body }) => body['id'])).size, 1);
    await eventually('the mail is there', async () => world.inbox.mails.some(({ to }) => to === email));
  });
});
