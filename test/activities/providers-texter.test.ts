import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import { ProviderError } from '../../activities/providers/provider-error.js';
import { createTexter } from '../../activities/providers/texter.js';
import { type Inbox, startInbox } from '../../dev/inbox/start-inbox.js';
import type { TextSwitch } from '../../dev/inbox/switches.js';

const message = {
  to: '+447400123456',
  text: '123456 is your Huma verification code',
  statusUrl: 'http://127.0.0.1:9/callbacks/plivo/message-status/m-1',
};
const account = { authId: 'MATEST', authToken: 'token', sender: 'Huma' };

describe('texter', () => {
  let inbox: Inbox;
  const receiver = createServer(async (req, res) => {
    receiver.emit('report', req, await bodyOf(req));
    res.end();
  });
  before(async () => {
    inbox = await startInbox({
      smtpPort: 0,
      httpPort: 0,
      plivo: { authId: 'MATEST', authToken: 'token' },
      reportBackoffMs: [],
    });
  });
  after(() => {
    receiver.close();
    return inbox.stop();
  });
  afterEach(() => inbox.switches.set({ texts: { mode: 'ok' } }));

  const texter = (overrides: Partial<Parameters<typeof createTexter>[0]> = {}) =>
    createTexter({ ...account, apiUrl: inbox.plivoUrl, timeoutMs: 300, ...overrides });

  /** The error, having checked that number, text, code and auth token are nowhere in it. */
  async function failure(sending: Promise<unknown>): Promise<ProviderError> {
    const error = await sending.then(
      () => assert.fail('was sent'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ProviderError);
    const all = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    assert.doesNotMatch(all, /123456|7400|verification|token/);
    return error;
  }

  it('hands over one text and gives the provider id, which the inbox knows it by', async () => {
    const { providerId } = await texter().send(message);
    const received = await inbox.nextText(({ uuid }) => uuid === providerId);
    assert.equal(received.to, '447400123456');
    assert.equal(received.from, 'Huma');
    assert.equal(received.text, message.text);
  });

  it('has the status posted to the given address, and keeps the number out of the logs of the provider', async () => {
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const { port } = receiver.address() as AddressInfo;
    const reported = once(receiver, 'report') as Promise<[IncomingMessage, string]>;

    await texter().send({ ...message, statusUrl: `http://127.0.0.1:${port}/message-status/m-2` });

    const [request, body] = await reported;
    assert.equal(request.method, 'POST');
    assert.equal(request.url, '/message-status/m-2');
    // Plivo redacts the number in reports exactly where it was told `log: 'false'`.
    assert.equal(new URLSearchParams(body).get('To'), '447400123***');
  });

  const outcomes: [TextSwitch['mode'], string, string, number | undefined, number][] = [
    ['429', 'busy', '429', 5, 0],
    ['500', 'busy', '500', undefined, 0],
    ['503', 'busy', '503', undefined, 0],
    ['slow', 'unreachable', 'ETIMEDOUT', undefined, 0],
    ['reset', 'unreachable', 'ECONNRESET', undefined, 0],
    ['accept-then-timeout', 'unreachable', 'ETIMEDOUT', undefined, 1],
    ['html-200', 'unreachable', 'no-message-uuid', undefined, 0],
    ['empty-uuid', 'unreachable', 'no-message-uuid', undefined, 0],
  ];
  for (const [mode, kind, code, retryAfterSeconds, accepted] of outcomes) {
    it(`says ${kind} (${code}) when the provider does ${mode}, and sends again after`, async () => {
      const before = inbox.texts.length;
      inbox.switches.set({ texts: { mode, remaining: 1, delayMs: 60_000 } });

      const error = await failure(texter().send(message));

      assert.deepEqual([error.kind, error.code, error.retryAfterSeconds], [kind, code, retryAfterSeconds]);
      assert.equal(inbox.texts.length - before, accepted);
      await texter().send(message);
      assert.equal(inbox.texts.length - before, accepted + 1);
    });
  }

  it('takes an undelivered text as handed over: its fate comes by report', async () => {
    inbox.switches.set({ texts: { mode: 'undelivered', remaining: 1 } });
    const { providerId } = await texter().send(message);
    await inbox.nextText(({ uuid, state }) => uuid === providerId && state === 'undelivered');
  });

  it('waits for a slow provider within the time-out', async () => {
    inbox.switches.set({ texts: { mode: 'slow', remaining: 1, delayMs: 30 } });
    assert.ok((await texter({ timeoutMs: 5000 }).send(message)).providerId);
  });

  it('says refused when the provider finds fault with the message', async () => {
    const { kind, code } = await failure(texter().send({ ...message, text: 'x'.repeat(1601) }));
    assert.deepEqual({ kind, code }, { kind: 'refused', code: '400' });
  });

  it('says busy, so that nobody is given up, when our own credentials are wrong', async () => {
    const wrongToken = await failure(texter({ authToken: 'wrong' }).send(message));
    assert.deepEqual([wrongToken.kind, wrongToken.code], ['busy', '401']);
    const wrongId = await failure(texter({ authId: 'MAOTHER' }).send(message));
    assert.deepEqual([wrongId.kind, wrongId.code], ['busy', '401']);
  });

  it('says unreachable when nobody listens', async () => {
    const { kind, code } = await failure(texter({ apiUrl: 'http://127.0.0.1:1' }).send(message));
    assert.deepEqual({ kind, code }, { kind: 'unreachable', code: 'ECONNREFUSED' });
  });

  for (const to of [
    '447400123456',
    '+447400123456<14155550100',
    '+44740012345;ext=1',
    '+٤٤٧٤٠٠١٢٣٤٥٦',
    '+447400123456\u202e',
    '',
  ]) {
    it(`refuses ${JSON.stringify(to)} without a call`, async () => {
      const before = inbox.texts.length;
      const { kind, code } = await failure(texter().send({ ...message, to }));
      assert.deepEqual({ kind, code }, { kind: 'refused', code: 'bad-number' });
      assert.equal(inbox.texts.length, before);
    });
  }
});
