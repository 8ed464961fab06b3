import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { formTokenOf, type Placed, personAt } from './people.js';
import { type Answer, formHeaders, postApi, send } from './requests.js';

const CANARY = 'canary-3f9d';
const fails = () => Promise.reject(new TypeError(`${CANARY} sam@example.org`));
const throws = () => {
  throw new RangeError(`${CANARY} sam@example.org`);
};

/** SECURITY.md row 35. */
describe('a failure inside', () => {
  let world: World;
  let placed: Placed;
  let logged = '';
  before(async function () {
    this.timeout(60_000);
    const log = new PassThrough();
    log.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
    });
    world = await startWorld({ worker: false, logTo: log });
    world.advance(0);
    placed = await personAt(world, 'active');
  });
  after(() => world?.stop());

  const assertTellsNothing = ({ body, headers }: Answer, what: string) => {
    assert.doesNotMatch(body, new RegExp(`${CANARY}|TypeError|RangeError|Mongo|    at |node_modules`), what);
    assert.match(
      String(headers['content-type']),
      /^(text\/html|text\/plain|application\/problem\+json); charset/,
    );
    assert.ok(headers['content-security-policy'], what);
  };
  const assertAlive = async () => {
    assert.equal((await send(world.url, { path: '/healthz' })).status, 200);
    assert.equal((await placed.person.open('/dashboard')).path, '/dashboard');
  };

  /** Puts something else in place of a function while `attack` runs. */
  async function replaced<T extends object, K extends keyof T>(
    owner: T,
    name: K,
    value: unknown,
    attack: () => Promise<void>,
  ): Promise<void> {
    const before = owner[name];
    owner[name] = value as T[K];
    try {
      await attack();
    } finally {
      owner[name] = before;
    }
  }

  it('of any page is a plain page and no stack, and the process lives', async () => {
    const { person, links } = placed;
    const headers = await formHeaders(person);
    const csrf = await formTokenOf(world, person);
    for (const failure of [fails, throws]) {
      await replaced(world.store.sessions, 'look', failure, async () => {
        for (const path of [
          '/',
          '/help',
          '/sign-in',
          '/forgotten-password',
          '/reset-password',
          '/create-account',
          '/phone',
          '/two-step',
          '/dashboard',
          '/nothing',
          links.verification,
        ]) {
          const answer = await send(world.url, { path, headers });
          assert.deepEqual([path, answer.status], [path, 500]);
          assertTellsNothing(answer, path);
        }
        for (const path of [
          '/sign-in',
          '/sign-out',
          '/forgotten-password',
          '/reset-password',
          '/verify',
          '/phone',
          '/two-step',
          '/invite-colleague',
        ]) {
          const answer = await send(world.url, { method: 'POST', path, headers, body: `_csrf=${csrf}` });
          assert.deepEqual([path, answer.status], [path, 500]);
          assertTellsNothing(answer, path);
        }
      });
    }
    await assertAlive();
  });

  it('behind the guard is a plain page too', async () => {
    const headers = await formHeaders(placed.person);
    const csrf = await formTokenOf(world, placed.person);
    await replaced(world.store.onboardings, 'invitedBy', fails, async () => {
      const answer = await send(world.url, { path: '/dashboard', headers });
      assert.equal(answer.status, 500);
      assertTellsNothing(answer, '/dashboard');
    });
    await replaced(world.store.onboardings, 'insert', throws, async () => {
      const body = `_csrf=${csrf}&email=colleague@example.org`;
      const answer = await send(world.url, { method: 'POST', path: '/invite-colleague', headers, body });
      assert.equal(answer.status, 500);
      assertTellsNothing(answer, '/invite-colleague');
    });
    await assertAlive();
  });

  it('while a refusal is being worded tells nothing either', async () => {
    const cookie = await placed.person.cookieHeader();
    const headers = { ...(await formHeaders(placed.person)), origin: 'https://evil.example' };
    for (const failure of [fails, throws]) {
      await replaced(world.store.teams, 'find', failure, async () => {
        const answer = await send(world.url, { method: 'POST', path: '/sign-out', headers, body: 'x=1' });
        assert.equal(answer.status, 500);
        assertTellsNothing(answer, 'a refusal');
      });
    }
    await replaced(world.keyring, 'formToken', throws, async () => {
      for (const path of ['/', '/nothing', '/dashboard']) {
        const answer = await send(world.url, { path, headers: { cookie } });
        assert.equal(answer.status, 500);
        assertTellsNothing(answer, path);
      }
    });
    await assertAlive();
  });

  it('of the REST API is a problem document', async () => {
    for (const failure of [fails, throws]) {
      await replaced(world.store.apiKeys, 'findValid', failure, async () => {
        const answer = await postApi(world, { email: 'a@example.org' });
        assert.equal(answer.status, 500);
        assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
        assertTellsNothing(answer, 'API');
      });
      await replaced(world.store.onboardings, 'insert', failure, async () => {
        const answer = await postApi(world, { email: 'a@example.org' });
        assert.equal(answer.status, 500);
        assertTellsNothing(answer, 'API');
      });
    }
    await assertAlive();
  });

  it('of Temporal keeps nobody waiting for the answer', async () => {
    await replaced(world.gateway, 'nudge', fails, async () => {
      assert.equal((await postApi(world, { email: 'untold@example.org' })).status, 201);
    });
    const told = await world.store.onboardings.findByEmail('untold@example.org');
    assert.ok(told?.untoldSince, 'left for the sweeper');
  });

  it('leaves where it happened in the log, and not what it said', async () => {
    await replaced(world.store.sessions, 'look', fails, async () => {
      await send(world.url, { path: '/', headers: await formHeaders(placed.person) });
    });
    assert.match(logged, /"stack":"TypeError\\n {4}at /);
    assert.doesNotMatch(logged, new RegExp(`${CANARY}|sam@example`));
  });

  it('is no reason to answer TRACE, or what is no method of ours', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'SEARCH', 'LOCK']) {
      const answer = await send(world.url, { method, path: '/', headers: { cookie: 'session=secret' } });
      assert.deepEqual([method, answer.status], [method, 405]);
      assert.ok(!answer.body.includes('secret'));
    }
  });
});

describe('a database that is away', () => {
  it('makes pages and problems without a stack, and no half-open door', async function () {
    this.timeout(60_000);
    const world = await startWorld({ worker: false });
    try {
      const { person, links } = await personAt(world, 'active');
      const headers = await formHeaders(person);
      const csrf = await formTokenOf(world, person);
      await world.store.close();
      const [health, ready, home, anonymous, dashboard, form, link, api] = await Promise.all([
        send(world.url, { path: '/healthz' }),
        send(world.url, { path: '/readyz' }),
        send(world.url, { path: '/', headers }),
        new Person(world.url).open('/sign-in'),
        send(world.url, { path: '/dashboard', headers }),
        send(world.url, { method: 'POST', path: '/sign-out', headers, body: `_csrf=${csrf}` }),
        send(world.url, { path: links.verification }),
        postApi(world, { email: 'a@example.org' }),
      ]);
      assert.deepEqual(
        [health.status, ready.status, anonymous.status, link.status],
        [200, 503, 200, 303],
        'what needs no database',
      );
      for (const { status, body } of [home, dashboard, form, api]) {
        assert.ok(status === 500 || status === 503, `${status}`);
        assert.doesNotMatch(body, /Mongo| {4}at |node_modules|ECONN|buffering/);
      }
      assert.equal(JSON.parse(ready.body).database, false);
    } finally {
      await world.stop();
    }
  });
});
