import assert from 'node:assert/strict';
import { startWorld, type World } from '../support/world.js';
import { formTokenOf, personAt } from './people.js';
import { type Answer, formHeaders, send } from './requests.js';

/** Places that an open redirect would lead to, as they are smuggled into addresses. */
const EVIL = [
  '//evil.example',
  '///evil.example/',
  '/\\evil.example',
  '/%5Cevil.example',
  '/%2F%2Fevil.example',
  '/.//evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/%E3%80%B1evil.example',
  '//evil.example/%2e%2e',
  '/assets//evil.example',
  '/assets/..//evil.example/',
  'https://evil.example/',
];
const PARAMETERS = ['next', 'return', 'returnTo', 'redirect', 'redirect_uri', 'url', 'notice', 'continue'];

/** SECURITY.md rows 31 and 32. */
describe('every answer', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const assertHeaders = ({ headers }: Answer, what: string) => {
    const policy = String(headers['content-security-policy'] ?? '');
    const directives = Object.fromEntries(
      policy.split(';').map((each) => {
        const [name = '', ...sources] = each.trim().split(/\s+/);
        return [name, sources.join(' ')];
      }),
    );
    for (const [name, sources] of Object.entries({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    })) {
      assert.equal(directives[name], sources, `${name} of ${what}`);
    }
    assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/, what);
    assert.equal(headers['x-content-type-options'], 'nosniff', what);
    assert.equal(headers['x-frame-options'], 'DENY', what);
    assert.match(String(headers['referrer-policy']), /^(same-origin|no-referrer)$/, what);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', what);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', what);
    assert.equal(headers['x-powered-by'], undefined, what);
    assert.equal(headers.server, undefined, what);
    assert.equal(headers['access-control-allow-origin'], undefined, what);
  };

  it('carries the same strict headers, whatever it says', async () => {
    const { person } = await personAt(world, 'active');
    const headers = await formHeaders(person);
    const api = { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' };
    const csrf = await formTokenOf(world, person);
    const big = 'x'.repeat(20_000);
    const requests: [status: number, request: Parameters<typeof send>[1]][] = [
      [200, { path: '/' }],
      [200, { path: '/help' }],
      [200, { path: '/sign-in' }],
      [200, { path: '/dashboard', headers }],
      [303, { path: '/dashboard' }],
      [303, { path: '/invite/x' }],
      [404, { path: '/create-account' }],
      [404, { path: '/nothing' }],
      [400, { path: '/invite/%' }],
      [403, { path: '/sign-in', method: 'POST' }],
      [413, { path: '/sign-in', method: 'POST', headers, body: big }],
      [422, { path: '/sign-in', method: 'POST', headers, body: `_csrf=${csrf}` }],
      [200, { path: '/assets/app.css' }],
      [200, { path: '/assets/app.js' }],
      [200, { path: '/assets/favicon.svg' }],
      [404, { path: '/assets/nothing.js' }],
      [200, { path: '/healthz' }],
      [200, { path: '/readyz' }],
      [401, { path: '/api/v1/invitations' }],
      [404, { path: '/api/nothing' }],
      [404, { path: '/api/v1/invitations/1', headers: api }],
      [400, { path: '/api/v1/invitations', method: 'POST', headers: api, body: '[' }],
      [413, { path: '/api/v1/invitations', method: 'POST', headers: api, body: `"${big}"` }],
      [403, { path: '/callbacks/plivo/message-status/x', method: 'POST', headers, body: 'Status=sent' }],
      [405, { path: '/', method: 'TRACE' }],
      [405, { path: '/api/v1/invitations', method: 'PROPFIND' }],
    ];
    for (const [status, request] of requests) {
      const what = `${request.method ?? 'GET'} ${request.path}`;
      const answer = await send(world.url, request);
      assert.deepEqual([what, answer.status], [what, status]);
      assertHeaders(answer, what);
      if (status !== 405) {
        const cached = request.path.startsWith('/assets/') && status === 200;
        const expected = cached ? 'public, max-age=3600' : 'no-store';
        assert.equal(answer.headers['cache-control'], expected, what);
      }
    }
  });

  it('holds no script, style or handler of its own', async () => {
    const { person } = await personAt(world, 'active');
    for (const path of [
      '/',
      '/help',
      '/sign-in',
      '/dashboard',
      '/account',
      '/invite-colleague',
      '/nothing',
    ]) {
      await person.open(path);
      for (const script of person.page('script').toArray()) {
        assert.match(person.page(script).attr('src') ?? '', /^\/assets\//, path);
      }
      assert.equal(person.page('style, [style], iframe, object, embed, base').length, 0, path);
      const attributes = person
        .page('*')
        .toArray()
        .flatMap((each) => ('attribs' in each ? Object.keys(each.attribs) : []));
      assert.deepEqual(
        attributes.filter((name) => name.startsWith('on')),
        [],
        path,
      );
    }
  });

  it('that sends somebody elsewhere stays on this site', async () => {
    const { person } = await personAt(world, 'active');
    const csrf = await formTokenOf(world, person);
    const headers = await formHeaders(person);
    const assertLocal = ({ status, headers: answered, body }: Answer, what: string) => {
      const { location } = answered;
      if (location !== undefined) assert.match(location, /^\/(?![/\\])/, what);
      if (status < 400) assert.ok(!body.includes('evil.example'), what);
    };
    for (const evil of EVIL) {
      for (const cookie of ['', headers['cookie'] ?? '']) {
        assertLocal(await send(world.url, { path: evil, headers: { cookie } }), evil);
      }
    }
    for (const name of PARAMETERS) {
      const query = new URLSearchParams({ [name]: 'https://evil.example/' });
      for (const path of ['/sign-in', '/dashboard', '/invite/x', '/verify/x']) {
        assertLocal(await send(world.url, { path: `${path}?${query}`, headers }), `${path}?${query}`);
        assertLocal(await send(world.url, { path: `${path}?${query}` }), `${path}?${query}`);
      }
      const form = { method: 'POST', path: `/sign-out?${query}`, headers, body: `_csrf=${csrf}` };
      assertLocal(await send(world.url, form), `/sign-out?${query}`);
    }
  });

  it('gives out no file but the assets', async () => {
    for (const path of [
      '/assets/',
      '/assets/../app.js',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cpackage.json',
      '/assets/%00',
      '/assets/app.css%00.js',
      '/assets/.env',
      '/.git/config',
      '/.env',
      '/package.json',
    ]) {
      const { status, body } = await send(world.url, { path });
      assert.ok(status === 400 || status === 403 || status === 404, `${path} ${status}`);
      assert.doesNotMatch(body, /"dependencies"|\[core\]|SECRET/);
    }
  });
});
