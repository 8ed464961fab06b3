import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { OPERATIONS, SUPPORT_ONLY } from '../../api/rest/operations.js';
import { dumpOf } from '../security/dump.js';
import { personAt } from '../security/people.js';
import { type Answer, send } from '../security/requests.js';
import { storedBatch } from '../support/batches.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { newKey } from './calls.js';

/** SECURITY.md row 22: every route × every kind of caller. */
const ROUTES = [...OPERATIONS, ...Object.values(SUPPORT_ONLY)].map(({ id, method, path }) => ({
  method: method.toUpperCase(),
  path,
  operation: id,
}));
const SUPPORT_PATHS = new Set<string>(Object.values(SUPPORT_ONLY).map(({ path }) => path));
/** Another method, another address: nobody learns without a key what there is. */
const STRAY = [
  { method: 'GET', path: '/nothing', operation: 'an unknown route' },
  { method: 'DELETE', path: '/invitations/{id}', operation: 'an unknown method' },
];

type Caller =
  | 'no key'
  | 'an unknown key'
  | 'a revoked key'
  | 'an expired key'
  | 'another team’s key'
  | 'the own key';

describe('who may use the API', () => {
  let world: World;
  const keys = {} as Record<Caller, string | undefined>;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
    Object.assign(world.gateway, { act: async () => undefined });
    const revoked = await newKey(world);
    await world.store.apiKeys.revoke(revoked.id, world.now());
    const expired = await newKey(world, { lifetime: 1_000 });
    world.advance(1_000);
    Object.assign(keys, {
      'no key': undefined,
      'an unknown key': `test_${randomUUID()}`,
      'a revoked key': revoked.key,
      'an expired key': expired.key,
      'another team’s key': (await newKey(world, { teamId: 'another-team' })).key,
      'the own key': world.apiKey,
    } satisfies Record<Caller, string | undefined>);
  });
  after(() => world?.stop());

  const request = (caller: Caller, { method, path }: { method: string; path: string }, id: string) => {
    const body = method === 'POST' ? JSON.stringify(bodyFor(path)) : undefined;
    const key = keys[caller];
    return send(world.url, {
      method,
      path: `/api/v1${path.replace('{id}', id)}`,
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      body,
    });
  };
  const bodyFor = (path: string) => {
    if (path === '/invitations') return { email: newEmail() };
    if (path === '/invitation-batches') return [{ email: newEmail() }];
    return path.endsWith('correct-email') ? { reason: 'because', email: newEmail() } : { reason: 'because' };
  };
  const typeOf = ({ body }: Answer) => JSON.parse(body).type;
  const withoutKeys = async () => {
    const { apiKeys: _, limits: _limits, ...rest } = await dumpOf(world);
    return rest;
  };
  const stageFor = (path: string) => {
    if (path.endsWith('new-window')) return 'blocked';
    if (path.endsWith('suspend')) return 'active';
    return path.endsWith('reinstate') ? 'suspended' : 'invited';
  };

  for (const caller of ['no key', 'an unknown key', 'a revoked key', 'an expired key'] as const) {
    it(`${caller} opens nothing, and shows nothing of what there is`, async () => {
      const { id } = await personAt(world, 'invited');
      const before = await withoutKeys();
      for (const route of [...ROUTES, ...STRAY]) {
        const answer = await request(caller, route, id);
        assert.deepEqual([route.operation, answer.status], [route.operation, 401]);
        assert.equal(typeOf(answer), 'urn:problem:api-key-missing');
        assert.equal(answer.headers['www-authenticate'], 'Bearer');
      }
      assert.deepEqual(await withoutKeys(), before);
    });
  }

  for (const { method, path, operation } of ROUTES) {
    it(`${operation}: another team’s key finds nothing of this one`, async () => {
      const { id, email } = await personAt(world, stageFor(path));
      const before = await world.store.onboardings.find(id);
      world.advance(31_000);
      const batchId = await storedBatch(world);
      const asked = path.startsWith('/invitation-batches') ? batchId : id;
      const answer = await request('another team’s key', { method, path }, asked);
      if (path.includes('{id}')) {
        const unknown = await request('another team’s key', { method, path }, randomUUID());
        assert.deepEqual([answer.status, typeOf(answer)], [404, 'urn:problem:not-found']);
        assert.equal(answer.body, unknown.body);
      } else {
        assert.ok(answer.status < 300);
        assert.ok(!answer.body.includes(email) && !answer.body.includes(id));
      }
      assert.deepEqual(await world.store.onboardings.find(id), before);
    });

    it(`${operation}: the own key may, unless it is support’s`, async () => {
      const { id } = await personAt(world, stageFor(path));
      world.advance(31_000);
      const batchId = await storedBatch(world);
      const asked = path.startsWith('/invitation-batches') ? batchId : id;
      const answer = await request('the own key', { method, path }, asked);
      if (SUPPORT_PATHS.has(path))
        assert.deepEqual([answer.status, typeOf(answer)], [403, 'urn:problem:not-allowed']);
      else assert.ok(answer.status < 300, `${answer.status} ${answer.body}`);
    });
  }

  it('the own key acts on no staff, and is offered nothing', async () => {
    for (const role of ['support', 'team-lead'] as const) {
      const { id } = await personAt(world, 'active', { facts: { role } });
      const before = await world.store.onboardings.find(id);
      const acting = await request('the own key', { method: 'POST', path: '/invitations/{id}/suspend' }, id);
      assert.deepEqual([acting.status, typeOf(acting)], [403, 'urn:problem:not-allowed']);
      const shown = await request('the own key', { method: 'GET', path: '/invitations/{id}' }, id);
      assert.deepEqual([shown.status, JSON.parse(shown.body).actions], [200, []]);
      assert.deepEqual(await world.store.onboardings.find(id), before);
    }
  });

  it('with the own key: what there is not is 404, what it does not do 405, by any method', async () => {
    const { id } = await personAt(world, 'invited');
    const paths = [...new Set(ROUTES.map(({ path }) => path))];
    for (const path of paths) {
      const known = ROUTES.filter((route) => route.path === path).map(({ method }) => method);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        if (known.includes(method)) continue;
        const answer = await request('the own key', { method, path }, id);
        assert.deepEqual([method, path, answer.status], [method, path, 405]);
        assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
        for (const allowed of known)
          assert.match(String(answer.headers.allow), new RegExp(`\\b${allowed}\\b`));
      }
    }
    for (const path of [
      '/',
      '/nothing',
      '/invitations/',
      `/invitations/${id}/`,
      '/INVITATIONS',
      '/invitations//revoke',
    ]) {
      const answer = await request('the own key', { method: 'GET', path }, id);
      assert.deepEqual([path, answer.status, typeOf(answer)], [path, 404, 'urn:problem:not-found']);
    }
  });

  it('HEAD answers as GET does, without a body', async () => {
    const answer = await request('the own key', { method: 'HEAD', path: '/invitations' }, '');
    assert.deepEqual([answer.status, answer.body], [200, '']);
  });
});

describe('a key that asks too often', () => {
  it('is told when to come again', async function () {
    this.timeout(60_000);
    const world = await startWorld({ worker: false, limits: { 'api-caller': { points: 2, duration: 60 } } });
    try {
      const ask = (key: string) =>
        send(world.url, { path: '/api/v1/invitations', headers: { authorization: `Bearer ${key}` } });
      const answers = [await ask(world.apiKey), await ask(world.apiKey), await ask(world.apiKey)];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 429],
      );
      const wait = Number(answers[2]?.headers['retry-after']);
      assert.ok(wait > 0 && wait <= 60, `${wait}`);
      assert.equal((await ask((await newKey(world)).key)).status, 200, 'another key');
    } finally {
      await world.stop();
    }
  });
});
