import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import fc from 'fast-check';
import { validateV3Signature } from 'plivo';
import { isGenuine, parseDeliveryReport } from '../../api/callbacks/plivo-signature.js';
import { signCallback } from '../../dev/inbox/plivo-sign.js';
import { smsUnits } from '../../dev/inbox/sms-units.js';
import { type Inbox, startInbox } from '../../dev/inbox/start-inbox.js';

const authId = 'MATEST';
const authToken = 'token';
const good = {
  src: 'Huma',
  dst: '447400123456',
  text: '123456 is your Huma verification code',
  log: 'false',
};

describe("the stand-in of Plivo's Message API", () => {
  let inbox: Inbox;
  before(async () => {
    inbox = await startInbox({
      smtpPort: 0,
      httpPort: 0,
      plivo: { authId, authToken },
      reportBackoffMs: [5, 10],
    });
  });
  after(() => inbox.stop());

  const post = (
    body: unknown,
    {
      id = authId,
      token = authToken,
      type = 'application/json',
      method = 'POST',
      resource = 'Message/',
    }: { id?: string; token?: string; type?: string; method?: string; resource?: string } = {},
  ) =>
    fetch(`${inbox.plivoUrl}/v1/Account/${id}/${resource}`, {
      method,
      headers: { authorization: `Basic ${btoa(`${authId}:${token}`)}`, 'content-type': type },
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  it('queues a good message with one uuid', async () => {
    const response = await post(good);
    const body = (await response.json()) as { api_id: string; message: string; message_uuid: string[] };
    assert.equal(response.status, 202);
    assert.equal(body.message, 'message(s) queued');
    assert.equal(body.message_uuid.length, 1);
    assert.match(body.api_id, /^[0-9a-f-]{36}$/);
    const received = inbox.texts.at(-1);
    assert.equal(received?.uuid, body.message_uuid[0]);
    assert.equal(received?.text, good.text);
  });

  const refused: [string, unknown, RegExp][] = [
    ['no sender', { ...good, src: undefined }, /src/],
    ['no number', { ...good, dst: undefined }, /dst/],
    ['no text', { ...good, text: undefined }, /text/],
    ['an empty text', { ...good, text: '' }, /text/],
    ['a text that is no string', { ...good, text: 123456 }, /text/],
    ['an unknown field', { ...good, Text: 'x' }, /Text/],
    ['two numbers', { ...good, dst: '447400123456<14155550100' }, /dst/],
    ['a list of numbers', { ...good, dst: ['447400123456'] }, /dst/],
    ['a national number', { ...good, dst: '07400123456' }, /dst/],
    ['letters in the number', { ...good, dst: '44740012345a' }, /dst/],
    ['a number that is too long', { ...good, dst: '447400123456789' }, /dst/],
    ['a sender that is too long', { ...good, src: 'HumaHumaHuma' }, /src/],
    ['a sender with a space', { ...good, src: 'Hu ma' }, /src/],
    ['a sender equal to the number', { ...good, src: '447400123456' }, /cannot be same/],
    ['1601 plain characters', { ...good, text: 'x'.repeat(1601) }, /too long/],
    ['738 characters beyond GSM', { ...good, text: 'щ'.repeat(738) }, /too long/],
    ['a relative callback', { ...good, url: '/callbacks' }, /url/],
    ['a callback over another protocol', { ...good, url: 'ftp://a.test/' }, /url/],
    ['another callback method', { ...good, method: 'PUT' }, /method/],
    ['another log value', { ...good, log: 'no' }, /log/],
    ['another type', { ...good, type: 'fax' }, /type/],
    ['broken JSON', '{"src":', /JSON/],
    ['an array', '[]', /./],
  ];
  for (const [what, body, error] of refused) {
    it(`refuses ${what}, in Plivo's form`, async () => {
      const before = inbox.texts.length;
      const response = await post(body);
      const answer = (await response.json()) as { api_id: string; error: string };
      assert.equal(response.status, 400);
      assert.deepEqual(Object.keys(answer), ['api_id', 'error']);
      assert.match(answer.error, error);
      assert.equal(inbox.texts.length, before);
    });
  }

  it('refuses a wrong token, a wrong account, other methods, addresses and content types', async () => {
    const before = inbox.texts.length;
    assert.equal((await post(good, { token: 'wrong' })).status, 401);
    assert.equal((await post(good, { id: 'MAOTHER' })).status, 404);
    assert.equal((await post(good, { method: 'GET' })).status, 405);
    assert.equal((await post(good, { resource: 'Message' })).status, 404);
    assert.equal((await post(good, { resource: 'Call/' })).status, 404);
    assert.equal((await post('src=Huma', { type: 'application/x-www-form-urlencoded' })).status, 400);
    const bare = await fetch(`${inbox.plivoUrl}/v1/Account/${authId}/Message/`, { method: 'POST' });
    assert.equal(bare.status, 401);
    assert.equal(inbox.texts.length, before);
  });

  it('takes the longest texts that are allowed', async () => {
    assert.equal((await post({ ...good, text: 'x'.repeat(1600) })).status, 202);
    assert.equal((await post({ ...good, text: 'щ'.repeat(737) })).status, 202);
  });

  describe('reports deliveries', () => {
    interface Call {
      method: string;
      url: string;
      headers: IncomingHttpHeaders;
      params: Record<string, string>;
    }
    let calls: Call[];
    let answers: number[];
    const receiver = createServer(async (req, res) => {
      const params = Object.fromEntries(new URLSearchParams(await bodyOf(req)));
      calls.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, params });
      res.writeHead(answers.shift() ?? 204).end();
      received();
    });
    let received = () => {};
    let origin = '';
    before(async () => {
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    });
    after(() => {
      receiver.close();
      receiver.closeAllConnections();
    });
    beforeEach(() => {
      calls = [];
      answers = [];
    });

    const called = (count: number) =>
      new Promise<void>((resolve) => {
        received = () => {
          if (calls.length >= count) resolve();
        };
        received();
      });

    it('queued, sent and delivered, in order, signed so that the official validator and ours accept', async () => {
      await post({ ...good, url: `${origin}/callbacks/plivo/message-status/m-1`, method: 'POST' });
      await called(3);

      assert.deepEqual(
        calls.map(({ params }) => [params['Status'], params['Sequence']]),
        [
          ['queued', '1'],
          ['sent', '2'],
          ['delivered', '3'],
        ],
      );
      for (const { method, url, headers, params } of calls) {
        const signature = String(headers['x-plivo-signature-v3']);
        const nonce = String(headers['x-plivo-signature-v3-nonce']);
        assert.equal(headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8');
        assert.ok(validateV3Signature(method, `${origin}${url}`, nonce, authToken, signature, { ...params }));
        assert.ok(isGenuine({ publicUrl: origin, path: url, headers, params, authToken }));
        assert.equal(parseDeliveryReport(params)?.messageUuid, inbox.texts.at(-1)?.uuid);
        assert.equal(params['To'], '447400123***');
        assert.equal(params['From'], 'Huma');
        assert.equal(params['Units'], '1');
        assert.equal(params['TotalAmount'], params['TotalRate']);
        assert.equal(params['ErrorCode'], undefined);
      }
      assert.equal(new Set(calls.map(({ headers }) => headers['x-plivo-signature-v3-nonce'])).size, 3);
    });

    it('with the whole number where it may be logged', async () => {
      await post({ ...good, log: 'number_only', url: `${origin}/status` });
      await called(3);
      assert.equal(calls[0]?.params['To'], '447400123456');
    });

    it('undelivered with an error code', async () => {
      inbox.switches.set({ texts: { mode: 'undelivered', remaining: 1 } });
      await post({ ...good, url: `${origin}/status` });
      await called(3);
      const last = calls.at(-1);
      assert.equal(last?.params['Status'], 'undelivered');
      assert.equal(parseDeliveryReport(last?.params)?.errorCode, '50');
      assert.equal(inbox.texts.at(-1)?.state, 'undelivered');
    });

    it('of a text whose sender got no answer, too', async () => {
      inbox.switches.set({ texts: { mode: 'accept-then-timeout', remaining: 1 } });
      const giveUp = new AbortController();
      const sending = fetch(`${inbox.plivoUrl}/v1/Account/${authId}/Message/`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${authId}:${authToken}`)}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ ...good, url: `${origin}/status` }),
        signal: giveUp.signal,
      });
      await called(3);
      giveUp.abort();
      await assert.rejects(sending);
    });

    it('again where the receiver does not answer 2xx, and at last gives the report up', async () => {
      answers = [503, 302, 204, 500, 500, 500, 204];
      await post({ ...good, url: `${origin}/status` });
      await called(7);
      assert.deepEqual(
        calls.map(({ params }) => params['Status']),
        ['queued', 'queued', 'queued', 'sent', 'sent', 'sent', 'delivered'],
      );
    });

    it('by GET with the parameters in the query, beside those that were there', async () => {
      await post({ ...good, url: `${origin}/status?b=2&a=1`, method: 'GET' });
      await called(3);
      for (const { method, url, headers } of calls) {
        assert.equal(method, 'GET');
        assert.match(url, /^\/status\?b=2&a=1&From=Huma&/);
        const signature = String(headers['x-plivo-signature-v3']);
        const nonce = String(headers['x-plivo-signature-v3-nonce']);
        assert.ok(validateV3Signature('GET', `${origin}${url}`, nonce, authToken, signature));
      }
    });
  });
});

describe("the stand-in's signature", () => {
  it('is that of the test vector', () => {
    const { headers } = signCallback({
      method: 'POST',
      url: 'https://onboard.example.org/webhooks/plivo/status',
      params: {
        From: '447700900999',
        MessageUUID: '7f0b1a52-0000-11ef-8f1c-0242ac110002',
        Sequence: '2',
        Status: 'delivered',
        To: '447700900123',
        Units: '1',
      },
      authToken: 'my_auth_token',
      nonce: '12345',
    });
    assert.equal(headers['X-Plivo-Signature-V3'], 'H1c4SB1oB0IJurDZLgSph1bK8l/vLPFyAYKlsLjTAsk=');
  });

  it('passes the official validator for any parameters and queries', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
    const random = fc.record({
      params: fc.dictionary(word, fc.string({ maxLength: 20 }), { minKeys: 1 }),
      query: fc.dictionary(word, word),
      token: word,
    });
    fc.assert(
      fc.property(random, ({ params, query, token }) => {
        const search = new URLSearchParams(query).toString();
        const url = `https://onboard.example.org/status${search === '' ? '' : `?${search}`}`;
        const { headers } = signCallback({ method: 'POST', url, params, authToken: token });
        const { 'X-Plivo-Signature-V3': signature, 'X-Plivo-Signature-V3-Nonce': nonce } = headers;
        assert.ok(validateV3Signature('POST', url, nonce, token, signature, params));
      }),
      { numRuns: 200 },
    );
  });
});

describe('units of a text', () => {
  const cases: [string, number][] = [
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['щ'.repeat(70), 1],
    ['щ'.repeat(71), 2],
    ['x'.repeat(307), 3],
  ];
  for (const [text, units] of cases) {
    it(`are ${units} for ${text.length} times ${text[0]}`, () => {
      assert.equal(smsUnits(text).units, units);
    });
  }
});
