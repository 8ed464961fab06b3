import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { factsOf, formTokenOf, type Placed, personAt } from './people.js';
import { formHeaders, postApi, send } from './requests.js';

/** SECURITY.md rows 25 to 27, at the forms. The REST API has its own test. */
describe('what a form may carry', () => {
  let world: World;
  let placed: Placed;
  let token: string;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
    placed = await personAt(world, 'active');
    token = await formTokenOf(world, placed.person);
  });
  after(() => world?.stop());

  const post = async (path: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}) => {
    const all = { ...(await formHeaders(placed.person)), ...headers };
    return send(world.url, { method: 'POST', path, headers: all, body });
  };
  const refusedUnchanged = async (expected: number, bodies: Record<string, string[]>) => {
    const before = await dumpOf(world);
    for (const [path, all] of Object.entries(bodies)) {
      for (const body of all) {
        const { status } = await post(path, `${body}&_csrf=${token}`);
        assert.deepEqual([path, body, status], [path, body, expected]);
      }
    }
    assert.deepEqual(await dumpOf(world), before);
  };

  it('is no operator of the database', () =>
    refusedUnchanged(400, {
      '/sign-in': [
        `email[$ne]=x&password=${PASSWORD}`,
        `email[$gt]=&password[$gt]=`,
        `email[]=sam@example.org&password=x`,
        `email=sam@example.org&password=x&$where=1`,
      ],
      '/forgotten-password': ['email[$ne]=x', 'email[]=sam@example.org'],
      '/invite-colleague': ['email[$ne]=x', 'email.$ne=x'],
    }));

  it('is no field twice', () =>
    refusedUnchanged(400, {
      '/sign-in': [
        `email=${'a@example.org'}&email=b@example.org&password=x`,
        'email=a@b.cd&password=x&password=y',
      ],
      '/forgotten-password': ['email=a@example.org&email=b@example.org'],
      '/account/password': [`password=x&password=${PASSWORD}&newPassword=y`],
      '/account/recovery-codes': [`password=x&password=${PASSWORD}`],
      '/two-step/app': ['code=123456&code=654321'],
      '/invite-colleague': ['email=a@example.org&email=b@example.org'],
      '/disclaimer': ['accepted=no&accepted=yes&version=sample-1'],
    }));

  it('is no field that the page does not have', () =>
    refusedUnchanged(400, {
      '/invite-colleague': [
        'email=a@example.org&role=support',
        'email=a@example.org&teamId=another-team',
        'email=a@example.org&__proto__=x',
        'email=a@example.org&__proto__[role]=support',
        'email=a@example.org&constructor.prototype.role=support',
        'email=a@example.org&stage=active',
      ],
      '/disclaimer': ['accepted=yes&version=sample-1&role=support'],
      '/account/authenticator': [`password=${PASSWORD}&secret=JBSWY3DPEHPK3PXP`],
      '/account/recovery-codes': [`password=${PASSWORD}&codes=1`],
      '/sign-out': ['stage=active'],
    }));

  it('cannot set a fact of the account in the making', async () => {
    const { links, id } = await personAt(world, 'invited');
    const person = await new Person(world.url).open(links.invitation);
    const linkId = person.page('input[name=linkId]').attr('value') ?? '';
    const honest = { linkId, firstName: 'Sam', lastName: 'Taylor', password: PASSWORD, accepted: 'yes' };
    for (const [name, value] of [
      ['role', 'support'],
      ['email', 'evil@example.org'],
      ['verifiedAt', '2020-01-01'],
      ['stage', 'active'],
      ['account.passwordHash', 'x'],
      ['__proto__', 'x'],
    ] as const) {
      await person.post('/create-account', {
        ...honest,
        [name]: value,
        _csrf: await formTokenOf(world, person),
      });
      assert.deepEqual([name, person.status], [name, 400]);
    }
    assert.equal((await factsOf(world, id)).stage, 'invited');
    assert.equal(({} as Record<string, unknown>)['role'], undefined);
  });

  it('is no more than 16 KB, packed or not', async () => {
    const plain = `_csrf=${token}&email=${'x'.repeat(20_000)}`;
    const bomb = Buffer.from(`_csrf=${token}&email=${'x'.repeat(20_000_000)}`);
    assert.equal((await post('/invite-colleague', plain)).status, 413);
    const packed = { gzip: gzipSync(bomb), deflate: deflateSync(bomb) };
    for (const [encoding, body] of Object.entries(packed)) {
      const { status } = await post('/invite-colleague', body, { 'content-encoding': encoding });
      assert.deepEqual([encoding, status], [encoding, 413]);
    }
  });

  it('is no more than 50 fields', async () => {
    const many = Array.from({ length: 1_001 }, (_, nth) => `f${nth}=`).join('&');
    assert.equal((await post('/invite-colleague', `${many}&_csrf=${token}`)).status, 413);
  });

  it('is UTF-8, and packed in a way that we can unpack', async () => {
    const type = 'application/x-www-form-urlencoded';
    const body = `_csrf=${token}`;
    for (const charset of ['utf-7', 'utf-16', 'x-nothing']) {
      const { status } = await post('/sign-out', body, { 'content-type': `${type}; charset=${charset}` });
      assert.deepEqual([charset, status], [charset, 415]);
    }
    assert.equal((await post('/sign-out', body, { 'content-encoding': 'zip' })).status, 415);
    assert.equal((await post('/sign-out', 'not gzip', { 'content-encoding': 'gzip' })).status, 400);
  });

  it('may be as wrong as it likes: the answer is a page', async () => {
    for (const body of ['%', '%zz=%', '&&&&', '=', '\0', '%00=%00', `_csrf=${token}&%ff=1`]) {
      const { status, headers } = await post('/sign-out', body);
      assert.ok(status === 403 || status === 400, `${body} ${status}`);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    }
  });

  it('reaches the database as text only, whatever the types promise', async () => {
    const { onboardings, apiKeys, sessions, messages } = world.store;
    const operator = { $ne: null } as unknown as string;
    const nothing = undefined as unknown as string;
    const expired = await personAt(world, 'expired');
    await world.store.onboardings.model.updateOne({ _id: expired.id }, { $set: { links: [] } });
    const found = async (query: Promise<unknown>) => (await query.catch(() => null)) ?? null;
    for (const value of [operator, nothing]) {
      assert.equal(await found(onboardings.find(value)), null);
      assert.equal(await found(onboardings.findByEmail(value)), null);
      assert.equal(await found(onboardings.findByLink(value)), null);
      assert.equal(await found(messages.find(value)), null);
      assert.equal(await found((async () => apiKeys.findValid(value, world.now()))()), null);
      assert.equal(await found((async () => sessions.look(value, world.now()))()), null);
    }
  });

  it('is not read from a body that the callback of the text provider gets', async () => {
    const path = '/callbacks/plivo/message-status/x.code.1';
    const big = await post(path, `Status=${'x'.repeat(20_000)}`, { cookie: '' });
    const unsigned = await post(path, 'Status=delivered', { cookie: '' });
    assert.deepEqual([big.status, unsigned.status], [413, 403]);
    for (const { headers } of [big, unsigned]) {
      assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
    }
  });

  it('at the API has the same limits', async () => {
    const body = JSON.stringify({ email: 'a@example.org', message: 'x'.repeat(20_000) });
    const bomb = gzipSync(JSON.stringify({ email: 'a@example.org', message: 'x'.repeat(20_000_000) }));
    assert.equal((await postApi(world, body)).status, 413);
    assert.equal((await postApi(world, bomb, { headers: { 'content-encoding': 'gzip' } })).status, 413);
  });
});
