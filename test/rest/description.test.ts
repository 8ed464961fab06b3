import assert from 'node:assert/strict';
import { load } from 'cheerio';
import type { OpenApi } from '../../api/rest/openapi.js';
import { OPERATIONS } from '../../api/rest/operations.js';
import { launchBrowser } from '../../dev/browser.js';
import { type Answer, send } from '../security/requests.js';
import { axeViolations } from '../support/browser.js';
import { startWorld, type World } from '../support/world.js';

describe('what the API says of itself', () => {
  let world: World;
  let document: OpenApi;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    document = JSON.parse((await get('/api/openapi.json')).body);
  });
  after(() => world?.stop());

  const get = (path: string, method = 'GET'): Promise<Answer> => send(world.url, { path, method });

  it('is OpenAPI 3.1, to be had without a key', async () => {
    const { status, headers } = await get('/api/openapi.json');
    assert.deepEqual([status, headers['content-type']], [200, 'application/json; charset=utf-8']);
    assert.match(document.openapi, /^3\.1\./);
    assert.deepEqual(document.servers, [{ url: `${world.url}/api/v1` }]);
    const schemes = document.components.securitySchemes as Record<string, { type: string; scheme: string }>;
    for (const requirement of document.security) {
      for (const name of Object.keys(requirement)) {
        assert.deepEqual([schemes[name]?.type, schemes[name]?.scheme], ['http', 'bearer']);
      }
    }
    assert.ok(document.security.length > 0);
  });

  it('names every operation that is served, and no other', () => {
    const named = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    );
    assert.deepEqual(
      named.sort(),
      OPERATIONS.map(({ id, method, path }) => `${id} ${method} ${path}`).sort(),
    );
    assert.equal(new Set(OPERATIONS.map(({ id }) => id)).size, OPERATIONS.length);
  });

  it('holds its own examples to its schemas', () => {
    for (const { id, body, answers } of OPERATIONS) {
      for (const [status, { schema, example }] of Object.entries(answers)) {
        const read = schema.safeParse(example);
        assert.ok(read.success, `${id} ${status}: ${read.error}`);
      }
      if (!body) continue;
      const { path, method } = OPERATIONS.find((each) => each.id === id) ?? assert.fail();
      const example = document.paths[path]?.[method]?.requestBody?.content['application/json']?.example;
      const read = body.safeParse(example);
      assert.ok(read.success, `${id}: ${read.error}`);
    }
  });

  it('refers to nothing that it lacks, and says what everything is', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    assert.ok(references.length > 20);
    for (const to of references) {
      const name = String(to).replace('#/components/schemas/', '');
      assert.ok(document.components.schemas[name], to);
    }
    for (const methods of Object.values(document.paths)) {
      for (const { operationId, summary, description, parameters, responses } of Object.values(methods)) {
        assert.ok(summary && description, operationId);
        for (const each of parameters) assert.ok(each.description, `${operationId} ${each.name}`);
        for (const [status, { description: what, content }] of Object.entries(responses)) {
          assert.ok(what, `${operationId} ${status}`);
          const type = Number(status) < 400 ? 'application/json' : 'application/problem+json';
          assert.deepEqual(Object.keys(content), [type]);
        }
        for (const status of ['400', '401', '429', '500', '503']) assert.ok(responses[status], operationId);
      }
    }
  });

  it('asks for an Idempotency-Key at every POST', () => {
    for (const methods of Object.values(document.paths)) {
      for (const [method, { parameters }] of Object.entries(methods)) {
        const named = parameters.some(
          ({ name, in: place }) => name === 'Idempotency-Key' && place === 'header',
        );
        assert.equal(named, method === 'post');
      }
    }
  });

  it('has a page to read: every operation and schema, each link leading somewhere', async () => {
    const { status, headers, body } = await get('/api/docs');
    assert.deepEqual([status, headers['content-type']], [200, 'text/html; charset=utf-8']);
    const page = load(body);
    assert.equal(page('script').length, 0);
    assert.equal(page('[style]').length, 0);
    for (const { id } of OPERATIONS) assert.equal(page(`#${id}`).length, 1, id);
    for (const name of Object.keys(document.components.schemas))
      assert.equal(page(`#schema-${name}`).length, 1);
    for (const link of page('a, link').toArray()) {
      const href = String(page(link).attr('href'));
      if (href.startsWith('#')) assert.equal(page(href).length, 1, href);
      else if (href.startsWith('/')) assert.equal((await get(href)).status, 200, href);
      else assert.equal(href, 'mailto:support@huma.com');
    }
  });

  it('is a page without accessibility violations that fits every width, light and dark', async function () {
    this.timeout(60_000);
    const browser = await launchBrowser();
    try {
      for (const [colorScheme, width] of [
        ['light', 320],
        ['dark', 1280],
      ] as const) {
        const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
        const complaints: string[] = [];
        page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
        await page.goto(`${world.url}/api/docs`);
        const excess = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        assert.equal(excess, 0, `${width}`);
        assert.deepEqual([...complaints, ...(await axeViolations(page))], []);
      }
    } finally {
      await browser.close();
    }
  });

  it('answers what it does not have with problems', async () => {
    for (const [method, path, status] of [
      ['GET', '/api', 404],
      ['GET', '/api/', 404],
      ['GET', '/api/docs/', 404],
      ['GET', '/api/openapi.yaml', 404],
      ['GET', '/api/v2/invitations', 404],
      ['POST', '/api/docs', 405],
      ['DELETE', '/api/openapi.json', 405],
      ['TRACE', '/api/openapi.json', 405],
    ] as const) {
      const answer = await get(path, method);
      assert.deepEqual([method, path, answer.status], [method, path, status]);
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.equal(JSON.parse(answer.body).status, status);
      if (status === 405) assert.match(String(answer.headers.allow), /^GET, HEAD/);
    }
  });
});
