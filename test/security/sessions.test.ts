import assert from 'node:assert/strict';
import { newSessionToken } from '../../store/sessions.js';
import { staffAction } from '../../store/steps.js';
import { NEW_PASSWORD, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, formTokenOf, type Placed, personAt } from './people.js';
import { send } from './requests.js';

const MINUTE = 60_000;

/** SECURITY.md rows 17 to 19. */
describe('a session', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const cookieOf = async (person: Person) => /session=([^;]+)/.exec(await person.cookieHeader())?.[1] ?? '';
  const withCookie = async (token: string) => {
    const person = new Person(world.url);
    await person.jar.setCookie(`session=${token}; Path=/`, world.url);
    return person;
  };
  const signIn = async ({ email }: Pick<Placed, 'email'>, person: Person) => {
    await person.open('/sign-in');
    return person.press('Sign in', { email, password: PASSWORD });
  };
  const enterCode = async ({ id }: Pick<Placed, 'id'>, person: Person) => {
    const { challenge } = await factsOf(world, id);
    return person.press('Next', { code: (challenge && world.keyring.recallCode(challenge)) ?? '' });
  };

  it('does not take over a cookie that somebody else fixed', async () => {
    const fixed = newSessionToken();
    const placed = await personAt(world, 'active');
    const victim = await withCookie(fixed);
    await signIn(placed, victim);
    const afterPassword = await cookieOf(victim);
    await enterCode(placed, victim);
    const afterCode = await cookieOf(victim);
    assert.equal(victim.path, '/dashboard');
    assert.equal(new Set([fixed, afterPassword, afterCode]).size, 3);
    for (const token of [afterPassword, afterCode]) assert.match(token, /^[A-Za-z0-9_-]{43}$/);

    assert.equal((await (await withCookie(fixed)).open('/dashboard')).path, '/sign-in');
    assert.equal((await (await withCookie(afterPassword)).open('/dashboard')).path, '/two-step');
    world.advance(61_000);
    assert.equal((await (await withCookie(afterPassword)).open('/two-step')).path, '/sign-in');
    assert.equal((await victim.open('/dashboard')).path, '/dashboard');
  });

  it('made with an account does not take over a fixed cookie either', async () => {
    const fixed = newSessionToken();
    const { links } = await personAt(world, 'invited');
    const victim = await withCookie(fixed);
    await victim.open(links.invitation);
    const fields = { firstName: 'Sam', lastName: 'Taylor', accepted: 'yes' };
    await victim.press('Create account', { ...fields, password: PASSWORD });
    assert.equal(victim.path, '/check-email');
    assert.notEqual(await cookieOf(victim), fixed);
    assert.equal((await (await withCookie(fixed)).open('/check-email')).path, '/sign-in');
  });

  it('takes no cookie of another form for one', async () => {
    for (const token of ['', 'x', '{"$ne":null}', '[object Object]', 'A'.repeat(42), 'A'.repeat(4_000)]) {
      const headers = { cookie: `session=${token}` };
      const { status, headers: answered } = await send(world.url, { path: '/dashboard', headers });
      assert.deepEqual([status, answered.location], [303, '/sign-in']);
      assert.match(answered['set-cookie']?.[0] ?? '', /^session=[A-Za-z0-9_-]{43};/);
    }
  });

  it('ends after 31 idle minutes, and 29 do not end it', async () => {
    const { person } = await personAt(world, 'active');
    await person.open('/dashboard');
    world.advance(29 * MINUTE);
    assert.equal((await person.open('/dashboard')).path, '/dashboard');
    world.advance(31 * MINUTE);
    await person.open('/dashboard');
    assert.equal(person.path, '/sign-in');
    assert.match(person.text, /signed out/i);
    assert.equal((await person.open('/account')).path, '/sign-in');
  });

  it('ends after 12 hours however busy it was', async () => {
    const { person } = await personAt(world, 'active');
    for (let passed = 0; passed < 12 * 60; passed += 20) {
      assert.equal((await person.open('/account')).path, '/account', `after ${passed} minutes`);
      world.advance(20 * MINUTE);
    }
    world.advance(1_000);
    assert.equal((await person.open('/account')).path, '/sign-in');
  });

  it('that has timed out takes no form', async () => {
    const { id, person } = await personAt(world, 'enrolling', { level: 'password' });
    await person.open('/phone');
    world.advance(31 * MINUTE);
    await person.press('Continue', { phone: '07400 555100' });
    assert.equal(person.path, '/sign-in');
    assert.equal((await factsOf(world, id)).stage, 'enrolling');
  });

  it('is worth nothing after signing out, nor is the one that it grew out of', async () => {
    const placed = await personAt(world, 'active');
    const person = new Person(world.url);
    await signIn(placed, person);
    const beforeCode = await cookieOf(person);
    await enterCode(placed, person);
    const full = await cookieOf(person);
    const { challenge } = await factsOf(world, placed.id);
    const code = (challenge && world.keyring.recallCode(challenge)) ?? '';
    await person.press('Sign out');
    assert.equal(person.path, '/sign-in');

    const thief = await withCookie(beforeCode);
    await thief.post('/two-step', { code, _csrf: await formTokenOf(world, thief) });
    assert.equal(thief.path, '/sign-in');
    assert.equal((await (await withCookie(full)).open('/dashboard')).path, '/sign-in');
  });

  it('does not end by a link', async () => {
    const { person } = await personAt(world, 'active');
    assert.equal((await person.open('/sign-out')).status, 404);
    assert.equal((await person.open('/dashboard')).path, '/dashboard');
  });

  it('leads nowhere once its person is suspended or blocked', async () => {
    for (const [stage, place] of [
      ['suspended', '/sign-in'],
      ['blocked', '/blocked'],
    ] as const) {
      const { id, person } = await personAt(world, 'active');
      await person.open('/dashboard');
      await world.store.onboardings.model.updateOne({ _id: id }, { $set: { stage } });
      assert.equal((await person.open('/dashboard')).path, place);
      assert.equal((await person.open('/account')).path, place);
    }
  });

  it('does not come alive again with its person, whatever a crash or a sign-in of the same moment has left', async () => {
    const decide = async (id: string, name: 'suspend' | 'reinstate' | 'correct-number') => {
      const input = {
        action: { name },
        actor: { kind: 'support' as const },
        reason: 'because',
        at: world.now(),
      };
      assert.ok((await world.store.onboardings.take(id, staffAction(input, world.policy))).done);
    };
    for (const names of [['suspend', 'reinstate'], ['correct-number']] as const) {
      const placed = await personAt(world, 'active');
      await placed.person.open('/account/password');
      await placed.person.press('Change password', { password: PASSWORD, newPassword: NEW_PASSWORD });
      assert.equal((await placed.person.open('/dashboard')).path, '/dashboard', 'the kept session');
      const before = await factsOf(world, placed.id);
      for (const name of names) await decide(placed.id, name);

      // The second factor was entered in the moment before: its session is opened only now.
      const token = newSessionToken();
      await world.store.sessions.open({
        token,
        onboardingId: placed.id,
        level: 'full',
        at: world.now(),
        generation: before.account?.generation,
      });
      for (const person of [placed.person, await withCookie(token)]) {
        assert.equal((await person.open('/dashboard')).path, '/sign-in', names.join());
        assert.equal((await person.open('/phone')).path, '/sign-in', names.join());
      }
      const again = await new Person(world.url).open('/sign-in');
      await again.press('Sign in', { email: placed.email, password: NEW_PASSWORD });
      assert.equal(again.path, names.length === 2 ? '/two-step' : '/phone');
    }
  });

  it('lies over https in a cookie that no other host and no script can touch', async () => {
    const secure = await startWorld({ worker: false, publicUrl: 'https://onboarding.example.org' });
    try {
      const page = await send(secure.url, { path: '/sign-in' });
      const link = await send(secure.url, { path: '/invite/some-token' });
      const [session = ''] = page.headers['set-cookie'] ?? [];
      assert.match(session, /^__Host-session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      const invitation = link.headers['set-cookie']?.find((each) => each.includes('invitation'));
      assert.match(
        invitation ?? '',
        /^__Host-invitation=some-token; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      assert.equal(page.headers['strict-transport-security'], 'max-age=63072000');
      assert.match(page.headers['content-security-policy']?.toString() ?? '', /upgrade-insecure-requests/);
    } finally {
      await secure.stop();
    }
  });
});
