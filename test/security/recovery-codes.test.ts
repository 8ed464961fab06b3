import assert from 'node:assert/strict';
import type { EventType } from '../../store/facts.js';
import { makeRecoveryCodes as makeThem } from '../../store/steps.js';
import { PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { anotherBrowser, factsOf, type Placed, personAt } from './people.js';
import { cookieSet, volley } from './requests.js';
import { giveApp, giveRecoveryCodes, makeRecoveryCodes } from './second-factors.js';

const USED = 'That code has been used. Enter another one';
const WRONG = /^That is not one of your recovery codes/;
const LOCKED = /^Too many wrong codes/;

/** SECURITY.md rows 7, 8, 19, 20 and 40. */
describe('recovery codes', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const eventsOf = async (id: string, type: EventType) =>
    (await factsOf(world, id)).outbox.filter((event) => event.type === type).length;
  const signIn = async ({ email }: Pick<Placed, 'email'>) => {
    const person = await new Person(world.url).open('/sign-in');
    return person.press('Sign in', { email, password: PASSWORD });
  };
  const enter = async (person: Person, code: string) => {
    await person.open('/two-step');
    return person.post('/two-step/recovery-code', { code });
  };
  const isIn = async (person: Person) => (await person.open('/dashboard')).path === '/dashboard';
  /** Somebody with codes, whose password has been entered. */
  const askedForCode = async () => {
    const placed = await personAt(world, 'active', { level: 'password' });
    return { ...placed, codes: await giveRecoveryCodes(world, placed) };
  };
  /** Another last character than that of the code. */
  const wrong = (code: string) => code.slice(0, -1) + (code.endsWith('X') ? 'Y' : 'X');

  it('are made for the password, shown once, told by mail, and end the other sessions', async () => {
    const placed = await personAt(world, 'active');
    const { person, id } = placed;
    const others = [await anotherBrowser(world, id, 'full'), await anotherBrowser(world, id, 'password')];
    for (const password of ['', 'not the password']) {
      assert.deepEqual(await makeRecoveryCodes(person, password), []);
      assert.equal(person.status, 422);
    }
    const codes = await makeRecoveryCodes(person);
    assert.equal(codes.length, 8);
    assert.match(person.headers.get('cache-control') ?? '', /no-store/);
    for (const path of ['/account/recovery-codes', '/account', '/dashboard']) {
      await person.open(path);
      assert.equal(person.path, path, 'this session goes on');
      for (const code of codes) assert.ok(!person.page.html().includes(code), path);
    }
    for (const other of others) assert.equal((await other.open('/dashboard')).path, '/sign-in');
    const { notices, email } = await factsOf(world, id);
    assert.deepEqual(
      notices.map(({ kind, to, change }) => [kind, to, change]),
      [['sign-in-notice', email, 'recovery-codes-made']],
    );
  });

  it('sign in once each, however they are typed, and say how many are left', async () => {
    const placed = await personAt(world, 'active');
    const [first = '', second = ''] = await makeRecoveryCodes(placed.person);
    const person = await signIn(placed);
    await person.open(person.page('a:contains("Use a recovery code")').attr('href') ?? '');
    await person.press('Next', { code: ` ${first.toLowerCase().replaceAll('-', ' ')} ` });
    assert.equal(person.path, '/dashboard');
    assert.match(person.text, /You have 7 left/);
    assert.doesNotMatch((await person.open('/dashboard')).text, /left/, 'it is said once');
    assert.match((await person.open('/account')).text, /Recovery codes 7 left/);
    const { notices, outbox } = await factsOf(world, placed.id);
    assert.equal(notices.at(-1)?.change, 'recovery-code-used');
    assert.deepEqual([outbox.at(-1)?.type, outbox.at(-1)?.data], ['recovery-code-used', { left: 7 }]);

    const other = await signIn(placed);
    assert.deepEqual((await enter(other, first)).errors, [USED]);
    assert.ok(!(await isIn(other)));
    assert.ok(await isIn(await enter(other, second)));
  });

  it('are void once there are new ones', async () => {
    const placed = await personAt(world, 'active');
    const [old = ''] = await makeRecoveryCodes(placed.person);
    const [fresh = ''] = await makeRecoveryCodes(placed.person);
    const person = await signIn(placed);
    assert.match((await enter(person, old)).errors.join(), WRONG);
    assert.ok(await isIn(await enter(person, fresh)));
  });

  it('of another person, or with the place of another code, do not work', async () => {
    const [one, other] = [await askedForCode(), await personAt(world, 'active')];
    const [theirs = ''] = await makeRecoveryCodes(other.person);
    assert.match((await enter(one.person, theirs)).errors.join(), WRONG);
    const [first = ''] = one.codes;
    for (const place of ['2', '8', '9'])
      assert.match((await enter(one.person, place + first.slice(1))).errors.join(), WRONG);
    assert.equal((await factsOf(world, one.id)).codeFailures, 4);
  });

  it('are one success each, whoever sends one 64 times at once', async () => {
    const { person, codes, id } = await askedForCode();
    const [code = ''] = codes;
    await person.open('/two-step/recovery-code');
    const answers = await volley(person, '/two-step/recovery-code', { times: 64, fields: () => ({ code }) });
    const sessions = new Set(answers.map((answer) => cookieSet(answer, 'session')).filter(Boolean));
    assert.equal(sessions.size, 1);
    assert.ok(answers.every(({ status }) => [303, 422, 503].includes(status)));
    assert.equal(await eventsOf(id, 'recovery-code-used'), 1);
    const { recoveryCodes, codeFailures, lockedUntil } = await factsOf(world, id);
    assert.equal(recoveryCodes?.codes.filter(({ usedAt }) => usedAt).length, 1);
    assert.ok(codeFailures < world.policy.codeFailureCap);
    assert.equal(lockedUntil, undefined);
  });

  it('are guessed at ten times at most, one hash a try, and then the right one is refused too', async () => {
    const { person, codes, id } = await askedForCode();
    const [code = ''] = codes;
    await person.open('/two-step/recovery-code');
    for (let nth = 1; nth <= 9; nth++) {
      await person.press('Next', { code: wrong(code) });
      assert.match(person.errors.join(), WRONG);
    }
    await person.press('Next', { code: wrong(code) });
    assert.match(person.errors.join(), LOCKED);
    await person.press('Next', { code });
    assert.match(person.errors.join(), LOCKED);
    assert.equal(
      (await factsOf(world, id)).recoveryCodes?.codes.some(({ usedAt }) => usedAt),
      false,
    );
  });

  it('count with the wrong codes of an app', async () => {
    const { person, codes, id } = await askedForCode();
    const app = await giveApp(world, { id });
    await person.open('/two-step/recovery-code');
    for (let nth = 1; nth <= 9; nth++) await person.press('Next', { code: wrong(codes[0] ?? '') });
    await person.open('/two-step/app');
    await person.press('Next', { code: app.code(world.now(), 5) });
    assert.match(person.errors.join(), LOCKED);
  });

  it('in any other form cost no try', async () => {
    const { person, id } = await askedForCode();
    for (const code of ['', '123456', '0-ABCD-EFGH-JK', 'x'.repeat(5_000)])
      assert.equal((await enter(person, code)).status, 422, code.slice(0, 20));
    assert.equal((await factsOf(world, id)).codeFailures, 0);
  });

  it('are asked of nobody who has none', async () => {
    const placed = await personAt(world, 'active', { level: 'password' });
    assert.equal((await placed.person.open('/two-step/recovery-code')).path, '/two-step');
    await enter(placed.person, '1-0123-4567-89');
    assert.equal(placed.person.path, '/two-step');
    assert.equal((await factsOf(world, placed.id)).codeFailures, 0);
  });

  it('stand in no dump of the database', async () => {
    const placed = await personAt(world, 'active');
    const codes = await makeRecoveryCodes(placed.person);
    const dump = JSON.stringify(await dumpOf(world));
    assert.ok(dump.includes(placed.email), 'the dump is one');
    for (const code of codes)
      for (const form of [code, code.replaceAll('-', ''), code.slice(2).replaceAll('-', '')])
        assert.ok(!dump.includes(form));
  });

  it('are not made with a password that has been changed since it was checked', async () => {
    const placed = await personAt(world, 'active');
    const { account } = await factsOf(world, placed.id);
    const own = { from: account?.passwordHash ?? '', sessionId: placed.session._id, at: world.now() };
    await world.store.onboardings.rehash(placed.id, own.from, 'another hash');
    const outcome = await world.store.onboardings.take(
      placed.id,
      makeThem({ ...own, listId: 'list', hashes: ['hash'] }),
    );
    assert.deepEqual([outcome.done, (await factsOf(world, placed.id)).recoveryCodes], [false, undefined]);
  });
});
