import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { later } from '../../store/steps.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { personAt } from './people.js';
import { type Answer, postApi, send } from './requests.js';

/** SECURITY.md rows 22 and 23. */
describe('an API key', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const newKey = async (id: string, { teamId = 'demo', days = 1 } = {}) => {
    const key = `test_${randomBytes(24).toString('base64url')}`;
    const createdAt = world.now();
    const expiresAt = later(createdAt, days * 24 * 3_600_000);
    await world.store.apiKeys.ensure({ _id: id, key, teamId, ownerName: 'Dr Lee', createdAt, expiresAt });
    return key;
  };
  const refused = ({ status, headers, body }: Answer, what: string) => {
    assert.equal(status, 401, what);
    assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(headers['www-authenticate'], 'Bearer');
    assert.equal(JSON.parse(body).type, 'urn:problem:api-key-missing');
  };
  const invite = (headers: OutgoingHttpHeaders, path = '/api/v1/invitations') =>
    send(world.url, {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email: newEmail() }),
    });

  it('counts only in the Authorization header', async () => {
    const { apiKey: key } = world;
    const before = await dumpOf(world);
    for (const name of ['key', 'api_key', 'apiKey', 'access_token', 'authorization']) {
      refused(await invite({}, `/api/v1/invitations?${name}=${key}`), `query ${name}`);
      refused(await invite({ cookie: `${name}=${key}` }), `cookie ${name}`);
    }
    refused(await invite({ 'x-api-key': key }), 'X-API-Key');
    assert.deepEqual(await dumpOf(world), before);
  });

  it('of another form or another value is refused', async () => {
    const { apiKey: key } = world;
    const tried = [
      '',
      'Bearer',
      'Bearer ',
      key,
      `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      `Bearer ${key.slice(0, -1)}`,
      `Bearer ${key}x`,
      `Bearer ${key.toUpperCase()}`,
      `Bearer ${key} ${key}`,
      `Bearer ${key},${key}`,
      'Bearer undefined-undefined-undefined',
      `Bearer ${'x'.repeat(4_000)}`,
      'Bearer {"$ne":null,"$gt":""}',
    ];
    for (const authorization of tried) refused(await invite({ authorization }), authorization);
  });

  it('works until it is revoked', async () => {
    const key = await newKey('to-be-revoked');
    assert.equal((await invite({ authorization: `Bearer ${key}` })).status, 201);
    await world.store.apiKeys.revoke('to-be-revoked', world.now());
    refused(await invite({ authorization: `Bearer ${key}` }), 'revoked');
  });

  it('works until it expires', async () => {
    const key = await newKey('to-expire', { days: 30 });
    world.advance(30 * 24 * 3_600_000 - 1_000);
    assert.equal((await invite({ authorization: `Bearer ${key}` })).status, 201);
    world.advance(1_000);
    refused(await invite({ authorization: `Bearer ${key}` }), 'expired');
  });

  it('is asked for before anything is read, also where nothing is', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/invitations/1'],
      ['GET', '/api/v1/nothing-here'],
      ['PUT', '/api/v1/invitations'],
      ['DELETE', '/api/v1/invitations/1'],
    ] as const) {
      refused(await send(world.url, { method, path }), `${method} ${path}`);
    }
    const body = Buffer.alloc(200_000, '[');
    const headers = { 'content-type': 'application/json' };
    refused(await send(world.url, { method: 'POST', path: '/api/v1/invitations', headers, body }), 'body');
  });

  it('opens nothing of another team, and does not tell that it exists', async () => {
    const { id } = await personAt(world, 'invited', { facts: { teamId: 'another-team' } });
    const headers = { authorization: `Bearer ${world.apiKey}` };
    const get = (path: string) => send(world.url, { path, headers });
    const foreign = await get(`/api/v1/invitations/${id}`);
    const unknown = await get(`/api/v1/invitations/${id.replace(/^./, (c) => (c === '0' ? '1' : '0'))}`);
    assert.deepEqual([foreign.status, unknown.status], [404, 404]);
    assert.equal(foreign.body, unknown.body);
    const key = await newKey('of-another-team', { teamId: 'another-team' });
    const own = await send(world.url, {
      path: `/api/v1/invitations/${id}`,
      headers: { authorization: `Bearer ${key}` },
    });
    assert.equal(own.status, 200);
  });

  it('learns of a person in another team only that it cannot invite', async () => {
    const { email, id } = await personAt(world, 'active', { facts: { teamId: 'another-team' } });
    const { status, body } = await postApi(world, { email });
    assert.equal(status, 409);
    assert.deepEqual(JSON.parse(body), {
      type: 'urn:problem:cannot-invite',
      title: 'cannot invite',
      status: 409,
    });
    assert.ok(!body.includes(id));
  });

  it('is no way into the pages, nor a session into the API', async () => {
    const headers = { authorization: `Bearer ${world.apiKey}` };
    const page = await send(world.url, { path: '/dashboard', headers });
    assert.equal(page.headers.location, '/sign-in');
    const { person } = await personAt(world, 'active');
    refused(await invite({ cookie: await person.cookieHeader(), origin: world.url }), 'session');
  });
});
