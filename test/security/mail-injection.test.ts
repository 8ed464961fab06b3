import assert from 'node:assert/strict';
import { load } from 'cheerio';
import { newEmail, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, personAt } from './people.js';
import { postApi } from './requests.js';

const NO_ADDRESS = [
  'a@b.example\r\nBcc: x@evil.example',
  'a@b.example\nx@evil.example',
  'a@b.example%0aBcc:x@evil.example',
  'a@b.example\0',
  '"x@evil.example x"@b.example',
  '"a b"@c.example',
  '"a\\"@evil.example"@c.example',
  'a@b.example,x@evil.example',
  'a@b.example;x@evil.example',
  'a@b.example x@evil.example',
  '<a@b.example>',
  'Sam <a@b.example>',
  'a@b.example <x@evil.example>',
  'a(comment)@b.example',
  'a@(x@evil.example)b.example',
  'a(b(c(d)))@e.example',
  'a@b.example(x@evil.example)',
  'group:a@b.example,x@evil.example;',
  '@evil.example:a@b.example',
  'a@b@evil.example',
  'a@@b.example',
  'a%evil.example@b.example',
  'evil.example!a@b.example',
  '=?utf-8?q?a?=@b.example',
  'mailto:a@b.example',
  '|/bin/sh@b.example',
  'a@[127.0.0.1]',
  'a@[IPv6:::1]',
  'a@localhost',
  'a@b..example',
  '.a@b.example',
  'a..b@c.example',
  'a.@b.example',
  'a@-b.example',
  `${'a'.repeat(65)}@b.example`,
  `a@${'b.'.repeat(130)}example`,
  'a',
  '@',
  '',
];

/** Letters that some program takes for those of mike.finch@example.org. */
const LOOK_ALIKES = [
  'm\u0131ke.finch@example.org',
  'mi\u212Ae.finch@example.org',
  'mike.\ufb01nch@example.org',
  'mike.finch@ex\u0430mple.org',
  'mik\u0435.finch@example.org',
  'mike.finch\uff20example.org',
  'mike.finch@example\u3002org',
  'mike.finch\u200b@example.org',
  'mike\u00ad.finch@example.org',
  '\u202emike.finch@example.org',
];

const UNPRINTABLE = [
  'Sam\r\nBcc: x@evil.example',
  'Sam\n',
  'Sa\0m',
  'Sa\u2028m',
  '\u202emaS',
  'Sa\u2066m',
  'Sa\ud800m',
].map((name) => `${name}x`);

const HOSTILE = [
  '</mj-text><mj-raw><script>alert(1)</script></mj-raw>',
  '<mj-include path="/etc/passwd" />',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '{{ model }} {% raw %} #{1+1} <%= 1 %>',
  '$t(unlocking) $& $1 __proto__',
  'Bcc: x@evil',
  '=?utf-8?q?=0ABcc=3A_x=40evil?=',
];

const ADDRESSES = [
  'https://evil.example',
  'HTTPS://EVIL.EXAMPLE/a?b=c',
  'Sam www.evil.example',
  'ｗｗｗ．evil．example',
  'evil.example',
  'Sam (evil.co) Taylor',
  'evil。example',
  'sam@evil.example',
  'bücher.example',
  'пример.испытание',
  'ftp://10.0.0.1',
];

/** SECURITY.md rows 28 to 30. */
describe('a mail', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld();
  });
  after(() => world?.stop());

  it('goes to nothing but one plain address', async () => {
    for (const email of NO_ADDRESS) {
      const { status, body } = await postApi(world, { email });
      assert.deepEqual([email, status, JSON.parse(body).type], [email, 400, 'urn:problem:email-invalid']);
    }
    assert.equal(await world.store.onboardings.model.countDocuments(), 0);
  });

  it('never goes to an address that looks like another, nor does that sign in', async () => {
    const email = 'mike.finch@example.org';
    const { id } = await personAt(world, 'active', { facts: { email } });
    const before = await factsOf(world, id);
    const stranger = await new Person(world.url).open('/sign-in');
    for (const alike of LOOK_ALIKES) {
      const invitation = await postApi(world, { email: alike });
      await stranger.press('Sign in', { email: alike, password: PASSWORD });
      assert.deepEqual([alike, invitation.status, stranger.status], [alike, 400, 422]);
      assert.match(stranger.errors.join(), /in the right form/);
    }
    assert.equal((await factsOf(world, id)).email, before.email);
    assert.equal(await world.store.onboardings.model.countDocuments({ email }), 1);
  });

  it('goes to one person however the case is written', async () => {
    const email = newEmail();
    const first = await postApi(world, { email });
    const second = await postApi(world, { email: ` ${email.toUpperCase()} ` });
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.equal(JSON.parse(second.body).id, JSON.parse(first.body).id);
    assert.equal((await world.inbox.nextMail(({ to }) => to.toLowerCase() === email)).to, email);
  });

  it('is not asked for by a name that breaks lines or turns the direction of text', async () => {
    for (const name of UNPRINTABLE) {
      for (const field of ['firstName', 'lastName']) {
        const { status } = await postApi(world, { email: newEmail(), [field]: name });
        assert.deepEqual([JSON.stringify(name), status], [JSON.stringify(name), 400]);
      }
    }
    const { status } = await postApi(world, { email: newEmail(), message: 'one\rBcc: x@evil.example' });
    assert.equal(status, 400);
  });

  it('shows hostile names and messages as the text that they are', async () => {
    for (const hostile of HOSTILE) {
      const email = newEmail();
      const message = `${hostile}\nBcc: x@evil.example\n.\nMAIL FROM:<x@evil.example>\n\n$t(layout.help-line) ${hostile}`;
      const { status } = await postApi(world, { email, firstName: hostile, lastName: hostile, message });
      assert.equal(status, 201, hostile);
      const mail = await world.inbox.nextMail(({ to }) => to === email);
      const text = mail.text.replaceAll('\u200b', '');
      assert.ok(text.includes(hostile), mail.text);
      assert.ok(text.includes('MAIL FROM:<x@evil.example>'));
      assert.ok(text.includes('$t(layout.help-line)'));
      assert.deepEqual(
        [mail.headers['bcc'], mail.headers['cc'], mail.headers['to']],
        [undefined, undefined, email],
      );
      assert.doesNotMatch(mail.subject, /[\r\n]/);
      const page = load(mail.html, { scriptingEnabled: false });
      assert.equal(page('script, img, iframe, form').length, 0, hostile);
      assert.ok(page('body').text().replaceAll('\u200b', '').includes(hostile), hostile);
      assert.doesNotMatch(mail.html, /root:x:0|onerror=alert\(1\)>/);
      for (const link of page('a').toArray()) {
        assert.match(page(link).attr('href') ?? '', new RegExp(`^(${world.url}/|mailto:support@huma.com)`));
      }
    }
    assert.ok(world.inbox.mails.every(({ to }) => !to.includes('evil')));
  });

  it('carries no web address as a name, whoever gives it, and says why', async () => {
    const { person } = await personAt(world, 'active');
    await person.open('/invite-colleague');
    const { person: invitee, links } = await personAt(world, 'invited', { level: 'password' });
    await invitee.jar.removeAllCookies();
    for (const address of ADDRESSES) {
      for (const field of ['firstName', 'lastName']) {
        const { status, body } = await postApi(world, { email: newEmail(), [field]: address });
        assert.deepEqual(
          [address, status, JSON.parse(body).type],
          [address, 400, 'urn:problem:name-has-link'],
        );

        const answers = { email: newEmail(), firstName: 'Sam', lastName: 'Taylor', message: '' };
        await person.press('Send invitation', { ...answers, [field]: address });
        assert.match(person.errors.join(), /Take the web address out of this name/, address);

        await invitee.open(links.invitation);
        const account = { firstName: 'Sam', lastName: 'Taylor', password: PASSWORD, accepted: 'yes' };
        await invitee.press('Create account', { ...account, [field]: address });
        assert.match(invitee.errors.join(), /Take the web address out of this name/, address);
      }
    }
    for (const name of ['J. R.', 'St. John-Smythe', 'O’Brien Jr.', 'Ph.D', 'Dr. Åse', '3rd. Smith']) {
      const { status } = await postApi(world, { email: newEmail(), firstName: name });
      assert.equal(status, 201, name);
    }
  });

  it('carries no message with a web address', async () => {
    const { person } = await personAt(world, 'active');
    await person.open('/invite-colleague');
    for (const address of [
      'see http://evil.example',
      'see WWW.evil.example',
      'see\nhttps\uff1a//evil.example',
    ]) {
      const { status, body } = await postApi(world, { email: newEmail(), message: address });
      assert.deepEqual(
        [address, status, JSON.parse(body).type],
        [address, 400, 'urn:problem:message-has-link'],
      );
      const names = { firstName: 'Sam', lastName: 'Taylor' };
      await person.press('Send invitation', { email: newEmail(), ...names, message: address });
      assert.match(person.errors.join(), /Take the web address out of your message/);
    }
  });

  it('has nothing in a message that a mail program makes a link of, but a plain email address', async () => {
    const email = newEmail();
    const message = 'Sign in at evil.example/login or evil。example, or ask sam.taylor@ward.example. Bye.';
    const { status } = await postApi(world, { email, message });
    assert.equal(status, 201);
    const mail = await world.inbox.nextMail(({ to }) => to === email);
    for (const part of [mail.text, mail.html]) {
      assert.doesNotMatch(part, /evil[.。]example/);
      assert.ok(part.includes('evil.\u200bexample/login'));
      assert.ok(part.includes('ask sam.taylor@ward.example. Bye.'));
    }
  });

  it('and every page shows a hostile name as the text that it is', async () => {
    for (const hostile of HOSTILE) {
      const { person } = await personAt(world, 'active', {
        facts: { firstName: hostile, lastName: 'Taylor' },
      });
      for (const path of ['/dashboard', '/account', '/invite-colleague']) {
        await person.open(path);
        assert.equal(person.status, 200);
        assert.ok(person.page('header').text().includes(hostile), hostile);
        assert.equal(person.page('script:not([src^="/assets/"]), img, [onerror]').length, 0);
      }
      const { links } = await personAt(world, 'invited', {
        facts: { firstName: hostile, invitedBy: { kind: 'clinician', id: 'x', name: hostile } },
      });
      const invitee = await new Person(world.url).open(links.invitation);
      assert.ok(invitee.text.includes(hostile), hostile);
      assert.equal(invitee.page('input[name=firstName]').attr('value'), hostile);
      assert.equal(invitee.page('script:not([src^="/assets/"]), img, [onerror]').length, 0);
    }
  });
});
