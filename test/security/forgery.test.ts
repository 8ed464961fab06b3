import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { newSessionToken } from '../../store/sessions.js';
import { NEW_PASSWORD, newEmail, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { formTokenOf, type Placed, personAt } from './people.js';
import { formHeaders, send } from './requests.js';

const FORMS: Record<string, Record<string, string>> = {
  '/sign-in': { email: 'sam@example.org', password: PASSWORD },
  '/sign-out': {},
  '/create-account': { firstName: 'Sam', lastName: 'Taylor', password: PASSWORD, accepted: 'yes' },
  '/verify': {},
  '/check-email/send-again': {},
  '/phone': { phone: '07400 555100' },
  '/two-step': { code: '123456' },
  '/two-step/send-again': {},
  '/disclaimer': { accepted: 'yes', version: 'sample-1' },
  '/forgotten-password': { email: 'sam@example.org' },
  '/reset-password': { password: NEW_PASSWORD },
  '/account/password': { password: PASSWORD, newPassword: NEW_PASSWORD },
  '/account/authenticator': { password: PASSWORD },
  '/account/authenticator/confirm': { code: '123456' },
  '/account/authenticator/remove': { password: PASSWORD },
  '/account/recovery-codes': { password: PASSWORD },
  '/two-step/app': { code: '123456' },
  '/two-step/recovery-code': { code: '1-0123-4567-89' },
  '/invite-colleague': { email: 'colleague@example.org' },
  '/team/invite-many/confirm': { csv: 'email\na@example.org', id: 'x' },
  '/team/api-keys': { label: 'x', days: '30', password: PASSWORD },
};

interface Attack {
  headers?: OutgoingHttpHeaders;
  without?: string;
  token?: string | undefined;
  body?: string;
}

/** SECURITY.md row 21: every form against every way to send it from somewhere else. */
describe('a forged form', () => {
  let world: World;
  let placed: Placed;
  let token: string;
  let othersToken: string;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
    placed = await personAt(world, 'active');
    token = await formTokenOf(world, placed.person);
    othersToken = (await new Person(world.url).open('/sign-in')).csrfToken;
  });
  after(() => world?.stop());

  const attacks: Record<string, () => Attack> = {
    'without a token': () => ({ token: undefined }),
    'with an empty token': () => ({ token: '' }),
    'with the token of another browser': () => ({ token: othersToken }),
    'with the token twice': () => ({ body: `_csrf=${token}&_csrf=${token}` }),
    'with a token for nobody': () => ({ token: world.keyring.formToken('') }),
    'with a cut token': () => ({ token: token.slice(0, -1) }),
    'without the cookie': () => ({ without: 'cookie' }),
    'from Origin null': () => ({ headers: { origin: 'null' } }),
    'from another site': () => ({ headers: { origin: 'https://evil.example' } }),
    'from another port': () => ({ headers: { origin: 'http://localhost:1' } }),
    'from a site that begins alike': () => ({ headers: { origin: `${world.url}.evil.example` } }),
    'that the browser calls cross-site': () => ({ headers: { 'sec-fetch-site': 'cross-site' } }),
    'that the browser calls same-site': () => ({ headers: { 'sec-fetch-site': 'same-site' } }),
    'as text/plain': () => ({ headers: { 'content-type': 'text/plain' } }),
    'as JSON': () => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ _csrf: token }),
    }),
    'as multipart': () => ({
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: `--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--x--\r\n`,
    }),
    'without a type': () => ({ without: 'content-type' }),
    'with the token in the address': () => ({ token: undefined, body: 'x=1' }),
  };

  for (const [how, attack] of Object.entries(attacks)) {
    it(`${how} is refused at every door and changes nothing`, async () => {
      const before = await dumpOf(world);
      for (const [path, fields] of Object.entries(FORMS)) {
        const given: Attack = { token, ...attack() };
        const headers: OutgoingHttpHeaders = { ...(await formHeaders(placed.person)), ...given.headers };
        if (given.without) delete headers[given.without];
        const body = new URLSearchParams(fields);
        if (given.token !== undefined) body.set('_csrf', given.token);
        const target = how.endsWith('address') ? `${path}?_csrf=${token}` : path;
        const sent = { method: 'POST', path: target, headers, body: given.body ?? body.toString() };
        const { status } = await send(world.url, sent);
        assert.deepEqual([path, status], [path, 403]);
      }
      assert.deepEqual(await dumpOf(world), before);
    });
  }

  it('by another method changes nothing', async () => {
    const before = await dumpOf(world);
    const headers = { ...(await formHeaders(placed.person)), 'x-http-method-override': 'POST' };
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      for (const [path, fields] of Object.entries(FORMS)) {
        const query = new URLSearchParams({ ...fields, _csrf: token, _method: 'POST' });
        await send(world.url, { method, path: `${path}?${query}`, headers });
      }
    }
    assert.deepEqual(await dumpOf(world), before);
  });

  it('signs nobody in to the attacker’s account', async () => {
    const attacker = await personAt(world, 'active');
    const attackersCookie = newSessionToken();
    const victim = new Person(world.url);
    await victim.open('/sign-in');
    await victim.post('/sign-in', {
      email: attacker.email,
      password: PASSWORD,
      _csrf: world.keyring.formToken(attackersCookie),
    });
    assert.equal(victim.status, 403);
    assert.equal((await victim.open('/two-step')).path, '/sign-in');
  });

  it('is told apart from an honest one', async () => {
    const headers = await formHeaders(placed.person);
    const body = new URLSearchParams({ email: newEmail(), _csrf: token }).toString();
    const { status } = await send(world.url, { method: 'POST', path: '/invite-colleague', headers, body });
    assert.equal(status, 303);
    const { origin: _o, 'sec-fetch-site': _s, ...old } = headers;
    const answer = await send(world.url, {
      method: 'POST',
      path: '/sign-out',
      headers: old,
      body: `_csrf=${token}`,
    });
    assert.equal(answer.headers.location, '/sign-in', 'a browser that sends neither header');
  });
});
