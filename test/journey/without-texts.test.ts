import assert from 'node:assert/strict';
import { factsOf } from '../security/people.js';
import { makeRecoveryCodes, setUpApp } from '../security/second-factors.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD, toDashboard } from '../support/journey.js';
import { Person } from '../support/person.js';
import { doctorFindings } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

/** SECURITY.md row 40. */
describe('whoever gets no texts any more', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const noticesTo = (email: string) =>
    world.inbox.mails.filter(({ to, subject }) => to === email && /^Signing in to/.test(subject));
  const follow = (person: Person, link: string) =>
    person.open(
      person.page(`a:contains("${link}")`).attr('href') ?? assert.fail(`${link} on ${person.path}`),
    );

  it('signs in with an app or with a recovery code, and is told of each change by mail', async () => {
    const { id, email, person } = await toDashboard(world);
    await person.press('start using Huma', { accepted: 'yes' });
    await person.open('/account');
    await follow(person, 'Set up an authenticator app');
    const app = await setUpApp(world, person);
    assert.equal(person.path, '/account');
    await follow(person, 'Make recovery codes');
    const [code = ''] = await makeRecoveryCodes(person);
    await follow(person, 'I have kept my codes');
    assert.match(person.text, /Set up on .* Recovery codes 8 left/);
    await person.press('Sign out');

    world.inbox.switches.set({ texts: { mode: '500' } });
    const signIn = async () => {
      const browser = await new Person(world.url).open('/sign-in');
      return browser.press('Sign in', { email, password: PASSWORD });
    };
    const byApp = await signIn();
    assert.equal(byApp.heading, '2 Step Verification');
    // The next one: the clock of this world is the wall's, and the code that set the app up does not count again.
    await byApp.press('Next', { code: app.code(world.now(), 1) });
    assert.equal(byApp.path, '/dashboard', byApp.text);

    const byCode = await signIn();
    await follow(byCode, 'Use a recovery code');
    await byCode.press('Next', { code });
    assert.equal(byCode.path, '/dashboard', byCode.text);
    assert.match(byCode.text, /You have 7 left/);
    const texts = (await world.store.messages.of(id)).filter(({ channel }) => channel === 'text');
    assert.equal(texts.length, 1, 'none after that of the way in');

    await eventually('three mails have been sent', async () => noticesTo(email).length === 3);
    const bodies = noticesTo(email).map(({ text }) => text);
    for (const what of [/app was set up/, /codes were made/, /code was used/])
      assert.ok(
        bodies.some((text) => what.test(text)),
        String(what),
      );
    await eventually(
      'they are out of the document',
      async () => (await factsOf(world, id)).notices.length === 0,
    );
    assert.deepEqual(await doctorFindings(world), []);
  });
});
