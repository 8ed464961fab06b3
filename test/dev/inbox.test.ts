import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'cheerio';
import { createTransport } from 'nodemailer';
import { type Inbox, startInbox } from '../../dev/inbox/start-inbox.js';

const plivo = { authId: 'MATEST', authToken: 'token' };

async function mailTo(inbox: Inbox, mail: { to: string; subject: string; html?: string; text?: string }) {
  const transport = createTransport(inbox.smtpUrl);
  await transport.sendMail({ from: 'Huma <no-reply@huma.test>', messageId: '<m1@huma.test>', ...mail });
  transport.close();
}

async function textTo(inbox: Inbox, dst: string, text: string) {
  await fetch(`${inbox.plivoUrl}/v1/Account/MATEST/Message/`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('MATEST:token')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ src: 'Huma', dst, text }),
  });
}

describe('the local inbox', () => {
  let inbox: Inbox;
  beforeEach(async () => {
    inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo });
  });
  afterEach(() => inbox.stop());

  it('gives a mail with all its parts, in process and as JSON', async () => {
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'Grüße', html: '<p>Hi</p>', text: 'Hi there' });

    const mail = await inbox.nextMail(({ to }) => to === 'ann@nhs.test');

    assert.equal(mail.messageId, '<m1@huma.test>');
    assert.equal(mail.from, '"Huma" <no-reply@huma.test>');
    assert.equal(mail.subject, 'Grüße');
    assert.equal(mail.html, '<p>Hi</p>');
    assert.equal(mail.text, 'Hi there');
    assert.equal(mail.headers['to'], 'ann@nhs.test');
    assert.ok(Math.abs(Date.parse(mail.receivedAt) - Date.now()) < 10_000);
    assert.deepEqual(await (await fetch(`${inbox.url}api/mails`)).json(), [mail]);
  });

  it('shows no text part where a mail has none', async () => {
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'Only HTML', html: '<p>Hi</p>' });
    assert.equal((await inbox.nextMail(() => true)).text, '');
  });

  it('filters the JSON by recipient, oldest first', async () => {
    for (const subject of ['one', 'two']) await mailTo(inbox, { to: 'ann@nhs.test', subject });
    await mailTo(inbox, { to: 'bob@nhs.test', subject: 'three' });
    await textTo(inbox, '447400123456', 'first');
    await textTo(inbox, '447400123457', 'second');

    const json = async (path: string) => (await fetch(`${inbox.url}${path}`)).json() as Promise<object[]>;
    const subjects = (await json('api/mails?to=ANN@nhs.test')).map(
      (mail) => 'subject' in mail && mail.subject,
    );
    assert.deepEqual(subjects, ['one', 'two']);
    for (const number of ['447400123457', '%2B447400123457', '+447400123457']) {
      const texts = await json(`api/texts?to=${number}`);
      assert.deepEqual(
        texts.map((text) => 'text' in text && text.text),
        ['second'],
      );
    }
    assert.deepEqual(await json('api/mails?to=nobody@nhs.test'), []);
  });

  it('wakes one who waits for a mail that comes later, and passes over those before a marker', async () => {
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'old' });
    const waiting = inbox.nextMail(({ to }) => to === 'ann@nhs.test', { since: inbox.mails.length });
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'new' });
    assert.equal((await waiting).subject, 'new');
  });

  it('names the subjects seen when no mail fits in time', async () => {
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'Something else' });
    await assert.rejects(
      inbox.nextMail(() => false, { timeoutMs: 20 }),
      /no mail that fits in 20 ms; seen: "Something else" to ann@nhs\.test/,
    );
  });

  it('rejects those who wait when it stops', async () => {
    const waiting = assert.rejects(
      inbox.nextText(() => true),
      /stopped; seen: none/,
    );
    await inbox.stop();
    await waiting;
    inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo });
  });

  it('shows mails and texts newest first, escaped, refreshing by itself without a script', async () => {
    const evil = '<script>alert(1)</script>"\'';
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'first', text: 'plain' });
    await mailTo(inbox, { to: 'ann@nhs.test', subject: evil, html: evil, text: evil });
    await textTo(inbox, '447400123456', evil);
    await inbox.nextText(({ state }) => state === 'delivered');

    const response = await fetch(inbox.url);
    const html = await response.text();
    const $ = load(html);

    assert.equal($('script').length, 0);
    assert.deepEqual(
      $('section[aria-labelledby=mails] h3')
        .map((_, heading) => $(heading).text())
        .get(),
      [evil, 'first'],
    );
    assert.equal($('section[aria-labelledby=texts] pre').text(), evil);
    assert.match($('section[aria-labelledby=texts] .meta').text(), /delivered/);
    assert.equal($('meta[http-equiv=refresh]').attr('content'), '5');
    assert.doesNotMatch($('iframe').attr('sandbox') ?? 'allow-scripts', /allow-scripts|allow-same-origin/);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(await (await fetch(`${inbox.url}?paused`)).text(), /http-equiv="refresh"/);
  });

  it('serves the HTML of a mail under its own address, sandboxed, links opening in new tabs', async () => {
    const html = '<html><head><title>x</title></head><body><a href="https://a.test">go</a></body></html>';
    await mailTo(inbox, { to: 'ann@nhs.test', subject: 'Link', html });
    const { id } = await inbox.nextMail(() => true);

    const response = await fetch(`${inbox.url}mails/${id}.html`);
    const policy = response.headers.get('content-security-policy') ?? '';

    assert.match(policy, /default-src 'none'.*sandbox allow-popups/);
    assert.doesNotMatch(policy, /allow-scripts|allow-same-origin/);
    assert.equal(load(await response.text())('head base').attr('target'), '_blank');
    assert.equal((await fetch(`${inbox.url}mails/none.html`)).status, 404);
  });

  it('sets switches over HTTP and refuses unknown ones', async () => {
    const put = (body: object) =>
      fetch(`${inbox.url}api/switches`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });

    assert.equal((await put({ texts: { mode: '429', remaining: 2 } })).status, 200);
    assert.equal((await put({ texts: { mode: 'explode' } })).status, 400);
    assert.equal((await put({ mail: { mode: 'slow', remaining: 0 } })).status, 400);

    const { texts, mail } = inbox.switches.current();
    assert.equal(texts.mode, '429');
    assert.equal(texts.remaining, 2);
    assert.equal(mail.mode, 'ok');
    assert.match(await (await fetch(inbox.url)).text(), /Fault switched on for texts: 429/);
  });
});

describe('an inbox with a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'inbox-'));
  const file = join(directory, 'deeper', 'messages.jsonl');
  let last: Inbox | undefined;
  after(async () => {
    await last?.stop();
    rmSync(directory, { recursive: true });
  });

  it('still shows old messages after a restart, the last state of texts included, even behind a torn line', async () => {
    const first = await startInbox({ smtpPort: 0, httpPort: 0, plivo, file });
    await mailTo(first, { to: 'ann@nhs.test', subject: 'kept' });
    await textTo(first, '447400123456', 'kept too');
    await first.nextText(({ state }) => state === 'delivered');
    await first.stop();
    appendFileSync(file, '{"mail":{"id":"torn');

    const second = await startInbox({ smtpPort: 0, httpPort: 0, plivo, file });
    await mailTo(second, { to: 'ann@nhs.test', subject: 'after the torn line' });
    await second.stop();

    last = await startInbox({ smtpPort: 0, httpPort: 0, plivo, file });
    assert.deepEqual(
      last.mails.map(({ subject }) => subject),
      ['kept', 'after the torn line'],
    );
    assert.deepEqual(
      last.texts.map(({ text, state }) => [text, state]),
      [['kept too', 'delivered']],
    );
  });
});
