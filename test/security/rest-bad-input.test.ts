import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { unambiguous } from '../../api/rest/unambiguous.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { type Answer, postApi, send } from './requests.js';

/** SECURITY.md rows 25 to 27 and 35, at the REST API: whatever comes in, a problem document goes out. */
describe('bad input to the REST API', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const assertProblem = ({ status, headers, body }: Answer, expected: number, what: string) => {
    assert.deepEqual([what, status], [what, expected]);
    assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8', what);
    const problem = JSON.parse(body);
    assert.deepEqual(
      [typeof problem.type, typeof problem.title, problem.status],
      ['string', 'string', expected],
    );
    assert.match(problem.type, /^urn:problem:/);
    assert.doesNotMatch(body, / at |node_modules|\.js|Error:/);
  };
  const allProblems = async (bodies: Record<string, unknown>, expected = 400) => {
    // The key's last use is all that may be noted.
    const { apiKeys: _, ...before } = await dumpOf(world);
    for (const [what, body] of Object.entries(bodies))
      assertProblem(await postApi(world, body), expected, what);
    const { apiKeys: _after, ...after } = await dumpOf(world);
    assert.deepEqual(after, before);
  };
  const email = newEmail();

  it('that is not JSON is a problem', () =>
    allProblems({
      empty: '',
      words: 'hello',
      'cut off': '{"email":"a@example.org"',
      'single quotes': "{'email':'a@example.org'}",
      'a trailing comma': `{"email":"${email}",}`,
      'two documents': `{"email":"${email}"}{"email":"${email}"}`,
      'a raw line break': `{"email":"${email}","firstName":"a\nb"}`,
      NaN: '{"email":NaN}',
      'a comment': `{"email":"${email}"/**/}`,
      'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      'zero bytes': Buffer.alloc(100),
      'an overlong null': '"\\u0000"',
    }));

  it('that is JSON but no invitation is a problem', () =>
    allProblems({
      array: [],
      'an array of invitations': [{ email }],
      object: {},
      number: '1',
      string: '"email"',
      null: 'null',
      true: 'true',
      'email as a number': { email: 1 },
      'email as an array': { email: [email] },
      'email as null': { email: null },
      'email as an operator': { email: { $ne: null } },
      'email as another operator': { email: { $regex: '.*' } },
      'a name as an object': { email, firstName: { toString: 'x' } },
      'a wrong locale': { email, locale: '../../etc/passwd' },
      'a locale that injects a header': { email, locale: 'en\r\nBcc: x@evil.example' },
    }));

  it('with fields that are not for callers is a problem', () =>
    allProblems({
      'an elevated role': { email, role: 'support' },
      'another role': { email, role: 'admin' },
      'a stage': { email, stage: 'active' },
      'a team': { email, teamId: 'another-team' },
      'a verification': { email, verifiedAt: '2020-01-01T00:00:00Z' },
      'an id': { email, _id: 'mine' },
      prototype: `{"email":"${email}","__proto__":{"role":"support"}}`,
      constructor: `{"email":"${email}","constructor":{"prototype":{"role":"support"}}}`,
    }));

  it('nested a thousand times is a problem', () =>
    allProblems({
      arrays: '['.repeat(8_000) + ']'.repeat(8_000),
      objects: `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
      'in a field': `{"email":${'['.repeat(4_000)}${']'.repeat(4_000)}}`,
      'never closed': '['.repeat(16_000),
    }));

  describe('nested without end', () => {
    const read = (body: string) => () => unambiguous(undefined, undefined, Buffer.from(body), 'utf-8');

    it('is refused at the 33rd bracket, before anything is made of the millions behind it', async () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        assert.doesNotThrow(read(`${open.repeat(32)}1${close.repeat(32)}`));
        assert.throws(read(`${open.repeat(33)}1${close.repeat(33)}`), /too deep/);
      }
      for (const piece of ['{', '[', '{"a":', '[{"a":', '[[]', '{"a":[],"b":']) {
        const body = piece.repeat(2_000_000 / piece.length);
        assert.throws(read(body), /too deep/, piece);
        const packed = gzipSync(body);
        assert.ok(packed.length < 10_000);
        const headers = { 'content-encoding': 'gzip' };
        const answer = await postApi(world, packed, { path: '/api/v1/invitation-batches', headers });
        assertProblem(answer, 400, piece);
      }
    });

    it('is not what looks so inside a text, nor what is wide', () => {
      assert.doesNotThrow(read(`[{"email":"${'{['.repeat(500)}"}${',{"email":"a"}'.repeat(10_000)}]`));
    });
  });

  it('that two readers could read differently is a problem', () =>
    allProblems({
      'a key twice': `{"email":"${email}","email":"evil@example.org"}`,
      'a key twice, once escaped': `{"email":"${email}","\\u0065mail":"evil@example.org"}`,
      'a key twice with a string between that looks like one': `{"email":"${email}","message":"\\"x\\":{","email":"evil@example.org"}`,
    }));

  it('never looks repeated where it is not', async () => {
    const body = `{ "email" : "${newEmail()}", "message" : "\\"email\\": {\\"email\\": 1}" , "firstName":"email" }`;
    assert.equal((await postApi(world, body)).status, 201);
  });

  it('behind a byte order mark is read or refused, and nothing worse', async () => {
    const answer = await postApi(world, `\ufeff{"email":"${email}","role":"support"}`);
    assertProblem(answer, 400, 'BOM');
  });

  it('of another type or character set is a problem', async () => {
    const body = JSON.stringify({ email: newEmail() });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/json; charset=utf-7',
      'application/json; charset=utf-16le',
      'multipart/form-data',
      '',
    ]) {
      const sent: string | Buffer = type.includes('utf-16') ? Buffer.from(body, 'utf16le') : body;
      assertProblem(await postApi(world, sent, { headers: { 'content-type': type } }), 415, type);
    }
    const packed: OutgoingHttpHeaders = { 'content-encoding': 'zip' };
    assertProblem(await postApi(world, body, { headers: packed }), 415, 'zip');
  });

  it('in the address or the method is a problem', async () => {
    const headers = { authorization: `Bearer ${world.apiKey}` };
    for (const [method, path, status] of [
      ['GET', '/api/v1/invitations/%', 400],
      ['GET', '/api/v1/invitations/%00', 404],
      ['GET', '/api/v1/invitations/..%2f..%2fetc%2fpasswd', 404],
      ['GET', '/api/v1/invitations/[object%20Object]', 404],
      ['GET', '/api/v1/invitations/__proto__', 404],
      ['GET', '/api/v1/nothing', 404],
      ['GET', '/api/v2/invitations', 404],
      ['PUT', '/api/v1/invitations', 405],
      ['PATCH', '/api/v1/invitations/1', 405],
      ['DELETE', '/api/v1/invitations/1', 405],
      ['POST', '/callbacks/plivo/nothing', 404],
    ] as const) {
      assertProblem(await send(world.url, { method, path, headers }), status, `${method} ${path}`);
    }
  });

  it('is never quoted in the problem', async () => {
    const canary = 'canary-8c1f';
    for (const body of [
      { email: `${canary}@` },
      { email: newEmail(), firstName: `${canary}\u202e` },
      { email: newEmail(), locale: canary },
      { email: newEmail(), role: canary },
      `{"email": ${canary}}`,
    ]) {
      const answer = await postApi(world, body);
      assertProblem(answer, 400, JSON.stringify(body));
      assert.ok(!answer.body.includes(canary), answer.body);
    }
  });
});

describe('a caller of the REST API who asks too often', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false, limits: { 'api-caller': { points: 1, duration: 60 } } });
  });
  after(() => world?.stop());

  it('is refused before the body is unpacked and read', async () => {
    const path = '/api/v1/invitation-batches';
    assert.equal((await postApi(world, 'no JSON', { path })).status, 400, 'and that counts');
    for (const type of ['application/json', 'text/csv', 'text/plain']) {
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      const { status } = await postApi(world, Buffer.from('not even packed'), { path, headers });
      assert.deepEqual([type, status], [type, 429]);
    }
    assert.equal((await postApi(world, { email: newEmail() })).status, 201, 'inviting has its own limit');
  });
});
