import assert from 'node:assert/strict';
import { factsOf, personAt } from '../security/people.js';
import { giveApp } from '../security/second-factors.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterNumber,
  invited,
  linkFromMail,
  NEW_PASSWORD,
  newNumber,
  verifyEmail,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { doctorFindings } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

/** SECURITY.md row 7. */
describe('where somebody guesses codes', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld({ policy: { codeTries: 10 } });
  });
  after(() => world?.stop());

  const guessTen = async (person: Person, path: string, code: string) => {
    for (let nth = 1; nth <= 10; nth++) {
      await person.open(path);
      await person.post(path, { code: String((Number(code) + nth) % 1_000_000).padStart(6, '0') });
    }
    assert.match(person.errors.join(), /^Too many wrong codes/);
  };
  /** As long as a door may take to tell: then the sweeper does. */
  const untilSwept = async () => {
    world.advance(10_000);
    await world.sweep();
  };

  it('the owner of the password is told by mail, and another password shuts the stranger out', async () => {
    const placed = await personAt(world, 'active', { level: 'password', facts: { links: [] } });
    const { id, email, person } = placed;
    const app = await giveApp(world, placed);
    await guessTen(person, '/two-step/app', app.code(world.now()));
    await untilSwept();
    const { text } = await world.inbox.nextMail(({ to }) => to === email);
    assert.match(text, /right password of your Huma account and then ten wrong codes in a row/);
    assert.match(text, /write to support@huma\.com at once/);
    await eventually(
      'it is out of the document',
      async () => (await factsOf(world, id)).notices.length === 0,
    );

    const owner = await new Person(world.url).open('/forgotten-password');
    await owner.press('Send the link', { email });
    await owner.open(await linkFromMail(world, email, 'reset-password'));
    await owner.press('Change password', { password: NEW_PASSWORD });
    assert.equal(owner.path, '/sign-in');
    assert.equal((await person.open('/two-step/app')).path, '/sign-in');
  });

  it('on the way in nobody is mailed, and the workflow goes on from there', async () => {
    const invitation = await invited(world);
    const { id, email, person } = invitation;
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await enterNumber(invitation, newNumber());
    const { challenge } = await factsOf(world, id);
    await guessTen(person, '/two-step', (challenge && world.keyring.recallCode(challenge)) ?? '');
    assert.deepEqual((await factsOf(world, id)).notices, []);
    await untilSwept();
    const { seq } = await factsOf(world, id);
    await eventually(
      'the workflow knows of it',
      async () => (await world.gateway.live(await factsOf(world, id), 10_000)).seq === seq,
    );
    assert.deepEqual(await doctorFindings(world), []);
    assert.ok(!world.inbox.mails.some(({ to, text }) => to === email && /wrong codes/.test(text)));
  });
});
