import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  linkFromMail,
  NEW_PASSWORD,
  newEmail,
  newNumber,
  PASSWORD,
  untilUnlocked,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { phoneApp } from '../support/phone-app.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { postApi } from './requests.js';
import { beginApp, keyOn, makeRecoveryCodes } from './second-factors.js';

/** SECURITY.md rows 12 to 14 and 33: what somebody leaves behind who has gone all the way, under an evil Host. */
describe('after the whole way in', () => {
  let world: World;
  let logged = '';
  const email = newEmail();
  const number = newNumber();
  const names = { firstName: 'Zenobia', lastName: 'Quillfeather' };
  const message = 'Looking forward to wombats';
  const secrets: Record<string, string> = { password: PASSWORD, 'new password': NEW_PASSWORD };
  const cookies = new Set<string>();
  const codes = new Set<string>();
  let id = '';

  before(async function () {
    this.timeout(60_000);
    const log = new PassThrough();
    log.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
    });
    world = await startWorld({ logTo: log });
    secrets['API key'] = world.apiKey;

    const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const invitation = await postApi(world, { email, ...names, message }, { headers: evil });
    id = JSON.parse(invitation.body).id;
    const person = new Person(world.url);
    const keep = async () => {
      for (const { value } of await person.jar.getCookies(world.url)) cookies.add(value);
    };
    const link = await linkFromMail(world, email, 'invite');
    await createAccount({ id, email, person, link });
    await keep();
    const verifyLink = await linkFromMail(world, email, 'verify');
    await person.open(verifyLink);
    await keep();
    await person.press('Verify email');
    await person.press('Continue', { phone: number });
    codes.add(await codeFromText(world, number));
    await person.press('Next', { code: [...codes][0] ?? '' });
    await keep();
    await untilUnlocked({ person });
    await person.press('start using Huma', { accepted: 'yes' });
    await person.press('Sign out');
    await person.open('/forgotten-password');
    await person.press('Send the link', { email });
    const resetLink = await linkFromMail(world, email, 'reset-password');
    await person.open(resetLink);
    await person.press('Change password', { password: NEW_PASSWORD });
    await keep();
    const since = world.inbox.texts.length;
    await person.press('Sign in', { email, password: NEW_PASSWORD });
    await keep();
    const code = await codeFromText(world, number, since);
    codes.add(code);
    await person.press('Next', { code });
    await keep();
    assert.equal(person.path, '/dashboard');

    await beginApp(person, NEW_PASSWORD);
    const key = keyOn(person);
    secrets['app key'] = key;
    secrets['app key as apps have it'] = key.replaceAll(' ', '');
    const app = phoneApp(key);
    codes.add(app.code(world.now()));
    await person.press('Finish', { code: [...codes].at(-1) ?? '' });
    const [recoveryCode = ''] = await makeRecoveryCodes(person, NEW_PASSWORD);
    secrets['recovery code'] = recoveryCode;
    secrets['recovery code without hyphens'] = recoveryCode.replaceAll('-', '').slice(1);
    await person.open('/dashboard');
    await person.press('Sign out');
    await person.press('Sign in', { email, password: NEW_PASSWORD });
    await keep();
    codes.add(app.code(world.now(), 1));
    await person.press('Next', { code: [...codes].at(-1) ?? '' });
    await keep();
    assert.equal(person.path, '/dashboard', person.text);
    await person.press('Sign out');
    await person.press('Sign in', { email, password: NEW_PASSWORD });
    await person.open('/two-step/recovery-code');
    await person.press('Next', { code: recoveryCode });
    await keep();
    assert.equal(person.path, '/dashboard', person.text);
    await person.open('/account/authenticator/remove');
    await person.press('Remove the app', { password: NEW_PASSWORD });
    assert.equal(person.path, '/account');
    await eventually('each change is told', async () => {
      const told = (await world.store.messages.of(id)).filter(({ kind }) => kind === 'sign-in-notice');
      return told.length === 4 && told.every(({ state }) => state === 'accepted');
    });
    await person.open('/dashboard');
    secrets['invitation token'] = link.split('/').at(-1) ?? '';
    secrets['verification token'] = verifyLink.split('/').at(-1) ?? '';
    secrets['reset token'] = resetLink.split('/').at(-1) ?? '';
    secrets['form token'] = person.csrfToken;
  });
  after(() => world?.stop());

  const digits = () => `44${number.replaceAll(' ', '').slice(1)}`;
  const assertHoldsNone = (text: string, where: string, more: Record<string, string> = {}) => {
    for (const [what, value] of Object.entries({ ...secrets, ...more })) {
      assert.ok(value.length > 3 && !text.includes(value), `${what} in ${where}`);
    }
    assert.ok(cookies.size >= 4);
    for (const cookie of cookies) assert.ok(!text.includes(cookie), `a cookie in ${where}`);
    assert.equal(codes.size, 4);
    for (const code of codes) {
      assert.doesNotMatch(
        text,
        new RegExp(`(?<![0-9A-Za-z_-])${code}(?![0-9A-Za-z_-])`),
        `a code in ${where}`,
      );
    }
  };
  const personal = () => ({ email, ...names, message, number: digits() });

  it('a dump of the database opens nothing', async () => {
    const dump = JSON.stringify(await dumpOf(world));
    assert.ok(dump.includes(email), 'the dump is one');
    assertHoldsNone(dump, 'the database');
  });

  it('only the onboarding itself holds anything personal', async () => {
    const { onboardings: _, ...rest } = await dumpOf(world);
    assertHoldsNone(JSON.stringify(rest), 'another collection', personal());
  });

  it('the log holds neither secrets nor anything personal, and no address with a token', () => {
    assert.match(logged, /"route":"\/invite\/:token","status":303/);
    assert.match(logged, /"route":"\/verify\/:token","status":303/);
    assert.match(logged, /"route":"\/reset-password\/:token","status":303/);
    assert.match(logged, /"route":"\/account\/authenticator\/confirm","status":200/);
    assert.doesNotMatch(logged, /otpauth/);
    assertHoldsNone(logged, 'the log', personal());
    assert.doesNotMatch(logged, /"(headers|cookie|authorization|url|remoteAddress)"/);
  });

  it('the history in Temporal holds ids and times only', async () => {
    const workflows = [`onboarding-${id}-1`];
    const { challenge } = (await world.store.onboardings.find(id)) ?? {};
    workflows.push(`sign-in-code-${challenge?.id}-1`);
    const mailed = (await world.store.messages.of(id)).filter(({ kind }) =>
      /^(password|sign-in)-/.test(kind),
    );
    assert.deepEqual([...new Set(mailed.map(({ kind }) => kind))].sort(), [
      'password-changed',
      'password-reset',
      'sign-in-notice',
    ]);
    workflows.push(...mailed.map(({ about }) => `notice-${id}-${about}`));
    for (const workflow of workflows) {
      const history = await world.client.workflow.getHandle(workflow).fetchHistory();
      const text = JSON.stringify(history).replaceAll(/"data":"([^"]+)"/g, (_, data: string) =>
        Buffer.from(data, 'base64').toString(),
      );
      assert.ok(text.includes(id), 'payloads are read');
      assertHoldsNone(text, workflow, personal());
    }
  });

  it('every link and page named our own origin', () => {
    for (const { text, html } of world.inbox.mails) assert.doesNotMatch(text + html, /evil\.example/);
  });

  it('the old links and the old code open nothing any more', async () => {
    for (const path of [
      `/invite/${secrets['invitation token']}`,
      `/verify/${secrets['verification token']}`,
      `/reset-password/${secrets['reset token']}`,
    ]) {
      const stranger = await new Person(world.url).open(path);
      assert.ok(stranger.status === 410 || stranger.path === '/sign-in', path);
      assert.equal((await stranger.open('/dashboard')).path, '/sign-in');
    }
    const again = await new Person(world.url).open('/sign-in');
    await again.press('Sign in', { email, password: NEW_PASSWORD });
    await again.post('/two-step', { code: [...codes][0] ?? '' });
    assert.equal(again.path, '/two-step');
    assert.equal((await again.open('/dashboard')).path, '/two-step');
  });
});
