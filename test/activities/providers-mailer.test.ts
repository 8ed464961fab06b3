import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createMailer, type OutgoingMail } from '../../activities/providers/mailer.js';
import { ProviderError } from '../../activities/providers/provider-error.js';
import { type Inbox, startInbox } from '../../dev/inbox/start-inbox.js';

const mail: OutgoingMail = {
  to: 'ann@nhs.test',
  subject: 'Verify your email',
  html: '<p>Hello</p>',
  text: 'Hello',
  messageId: '<onboarding-1.link-2@huma.test>',
  locale: 'en-GB',
};

describe('mailer', () => {
  let inbox: Inbox;
  let mailer: ReturnType<typeof createMailer>;
  let cleanups: (() => void)[] = [];
  beforeEach(async () => {
    inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo: { authId: 'MATEST', authToken: 'token' } });
    mailer = createMailer({ smtpUrl: inbox.smtpUrl, from: 'Huma <no-reply@huma.test>', timeoutMs: 2000 });
  });
  afterEach(async () => {
    mailer.close();
    for (const cleanup of cleanups) cleanup();
    cleanups = [];
    await inbox.stop();
  });

  /** The error, having checked that it tells nothing personal, not even in properties or causes. */
  async function failure(sending: Promise<void>): Promise<ProviderError> {
    const error = await sending.then(
      () => assert.fail('was sent'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ProviderError);
    assert.doesNotMatch(
      `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`,
      /ann|nhs\.test|Hello/,
    );
    return error;
  }

  it('has delivered exactly what was given once it resolves', async () => {
    await mailer.send(mail);

    assert.equal(inbox.mails.length, 1);
    const [received] = inbox.mails;
    assert.equal(received?.to, 'ann@nhs.test');
    assert.equal(received?.subject, mail.subject);
    assert.equal(received?.html, mail.html);
    assert.equal(received?.text, mail.text);
    assert.equal(received?.headers['message-id'], mail.messageId);
    assert.equal(received?.headers['auto-submitted'], 'auto-generated');
    assert.equal(received?.headers['content-language'], 'en-GB');
  });

  it('says refused, for good, when the server answers 5xx', async () => {
    inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
    const { kind, code } = await failure(mailer.send(mail));
    assert.deepEqual({ kind, code }, { kind: 'refused', code: '550' });

    await mailer.send(mail);
    assert.equal(inbox.mails.length, 1);
  });

  it('says busy when the server answers 4xx', async () => {
    inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
    const { kind, code } = await failure(mailer.send(mail));
    assert.deepEqual({ kind, code }, { kind: 'busy', code: '450' });
    assert.equal(inbox.mails.length, 0);
  });

  it('says unreachable when the connection closes before 250, and does not repeat the mail by itself', async () => {
    inbox.switches.set({ mail: { mode: 'close-after-data', remaining: 1 } });
    const { kind } = await failure(mailer.send(mail));
    assert.equal(kind, 'unreachable');
    assert.equal(inbox.mails.length, 1);

    await mailer.send(mail);
    assert.equal(inbox.mails.length, 2);
    assert.equal(inbox.mails[0]?.messageId, inbox.mails[1]?.messageId);
  });

  it('says unreachable when the server is slower than the time-out, and can send again after', async () => {
    const impatient = createMailer({ smtpUrl: inbox.smtpUrl, from: 'no-reply@huma.test', timeoutMs: 150 });
    cleanups.push(() => impatient.close());
    inbox.switches.set({ mail: { mode: 'slow', remaining: 1, delayMs: 60_000 } });
    const { kind, code } = await failure(impatient.send(mail));
    assert.deepEqual({ kind, code }, { kind: 'unreachable', code: 'ETIMEDOUT' });

    await mailer.send(mail);
    assert.equal(inbox.mails.length, 1);
  });

  it('waits for a slow server within the time-out', async () => {
    inbox.switches.set({ mail: { mode: 'slow', delayMs: 50 } });
    await mailer.send(mail);
    assert.equal(inbox.mails.length, 1);
  });

  it('says unreachable when nobody listens', async () => {
    const { smtpUrl } = inbox;
    await inbox.stop();
    const lonely = createMailer({ smtpUrl, from: 'no-reply@huma.test', timeoutMs: 2000 });
    cleanups.push(() => lonely.close());
    const { kind, code } = await failure(lonely.send(mail));
    assert.deepEqual({ kind, code }, { kind: 'unreachable', code: 'ECONNREFUSED' });
    inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo: { authId: 'MATEST', authToken: 'token' } });
  });

  /** A server that ends each connection at once with these words. */
  async function rude(words: string): Promise<{ smtpUrl: string; connections: () => number }> {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.end(words);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    return { smtpUrl: `smtp://127.0.0.1:${port}`, connections: () => connections };
  }

  it('says busy, not refused, when the whole server turns everyone away', async () => {
    const { smtpUrl } = await rude('554 No SMTP service here\r\n');
    const turnedAway = createMailer({ smtpUrl, from: 'no-reply@huma.test', timeoutMs: 2000 });
    cleanups.push(() => turnedAway.close());
    const { kind, code } = await failure(turnedAway.send(mail));
    assert.deepEqual({ kind, code }, { kind: 'busy', code: '554' });
  });

  it('leaves trying again to its caller when the connection is dropped', async () => {
    const { smtpUrl, connections } = await rude('');
    const dropped = createMailer({ smtpUrl, from: 'no-reply@huma.test', timeoutMs: 5000 });
    cleanups.push(() => dropped.close());
    const { kind } = await failure(dropped.send(mail));
    assert.equal(kind, 'unreachable');
    assert.equal(connections(), 1);
  });

  const injections: [string, Partial<OutgoingMail>, string][] = [
    ['a line break with Bcc in the address', { to: 'ann@nhs.test\r\nBcc: eve@evil.test' }, 'bad-address'],
    ['a quoted address that routes elsewhere', { to: '"ann@evil.test x"@nhs.test' }, 'bad-address'],
    ['nested comments', { to: 'ann(a(b)c)@nhs.test' }, 'bad-address'],
    ['two addresses', { to: 'ann@nhs.test, eve@evil.test' }, 'bad-address'],
    ['an address in angle brackets', { to: 'Ann <ann@nhs.test>' }, 'bad-address'],
    ['a group', { to: 'all:ann@nhs.test;' }, 'bad-address'],
    ['a right-to-left override', { to: 'ann\u202e@nhs.test' }, 'bad-address'],
    ['no address', { to: '' }, 'bad-address'],
    ['a line break in the subject', { subject: 'Hi ann\nBcc: eve@evil.test' }, 'bad-subject'],
    [
      'a line break in the Message-ID',
      { messageId: '<ann@nhs.test>\r\nBcc: eve@evil.test' },
      'bad-message-id',
    ],
    ['a Message-ID without brackets', { messageId: 'ann@nhs.test' }, 'bad-message-id'],
    ['a line break in the language', { locale: 'en\r\nBcc: eve@evil.test' }, 'bad-locale'],
  ];
  for (const [what, part, wanted] of injections) {
    it(`refuses ${what} without a word to the server`, async () => {
      const { kind, code } = await failure(mailer.send({ ...mail, ...part }));
      assert.deepEqual({ kind, code }, { kind: 'refused', code: wanted });
      assert.equal(inbox.mails.length, 0);
    });
  }
});
