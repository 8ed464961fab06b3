import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginApp, keyOn, makeRecoveryCodes } from '../security/second-factors.js';
import { assertNothingLeftLocally } from '../support/aftermath.js';
import { type Collector, startCollector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  invited,
  linkFromMail,
  NEW_PASSWORD,
  newNumber,
  PASSWORD,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';
import { Person } from '../support/person.js';
import { phoneApp } from '../support/phone-app.js';

describe("what stands in Temporal's file, logs, metrics and traces, on real processes", function () {
  this.timeout(120_000);
  let world: LocalWorld;
  let collector: Collector;
  before(async () => {
    collector = await startCollector();
    world = await startLocalWorld({
      SWEEP_SECONDS: '1',
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
  });
  after(async () => {
    await world?.stop();
    await collector?.stop();
  });

  it('is nothing of the person: no name, address, number, password, code, link or session', async () => {
    const names = { firstName: 'Canaryfirst', lastName: 'Canarylast' };
    const invitation = await invited(world, 'canary.address@example.org', {
      ...names,
      message: 'Canarymessage',
    });
    // Providers that fail are where secrets leak: each fails once.
    world.inbox.switches.set({
      mail: { mode: 'refuse-4xx', remaining: 1 },
      texts: { mode: '500', remaining: 1 },
    });
    await createAccount(invitation, names);
    const verifyLink = await linkFromMail(world, invitation.email, 'verify');
    await verifyEmail(world, invitation);
    const number = newNumber();
    await enterNumber(invitation, number);
    const code = await codeFromText(world, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    const { person } = invitation;
    await person.press('start using Huma', { accepted: 'yes' });
    await beginApp(person);
    const appKey = keyOn(person);
    await person.press('Finish', { code: phoneApp(appKey).code(new Date()) });
    assert.equal(person.path, '/account', person.text);
    const [recoveryCode = ''] = await makeRecoveryCodes(person);
    const byCode = await new Person(world.url).open('/sign-in');
    await byCode.press('Sign in', { email: invitation.email, password: PASSWORD });
    await byCode.open('/two-step/recovery-code');
    await byCode.press('Next', { code: recoveryCode });
    assert.equal(byCode.path, '/dashboard', byCode.text);
    const lost = await new Person(world.url).open('/forgotten-password');
    await lost.press('Send the link', { email: invitation.email });
    const resetLink = await linkFromMail(world, invitation.email, 'reset-password');
    await lost.open(resetLink);
    await lost.press('Change password', { password: NEW_PASSWORD });
    assert.equal(lost.path, '/sign-in');
    await fetch(`${world.url}/api/v1/invitations?key=${world.apiKey}`);

    const canaries = {
      firstName: 'Canaryfirst',
      lastName: 'Canarylast',
      message: 'Canarymessage',
      address: 'canary.address',
      number: number.replaceAll(' ', '').slice(1),
      code: `${code} is your`,
      quotedCode: `"${code}"`,
      password: PASSWORD,
      newPassword: NEW_PASSWORD,
      inviteToken: invitation.link.split('/').at(-1) ?? '',
      verifyToken: verifyLink.split('/').at(-1) ?? '',
      resetToken: resetLink.split('/').at(-1) ?? '',
      appKey,
      appKeyAsAppsHaveIt: appKey.replaceAll(' ', ''),
      recoveryCode,
      recoveryCodeWithoutHyphens: recoveryCode.replaceAll('-', '').slice(1),
      session: (await invitation.person.cookieHeader()).split('=').at(-1) ?? '',
      apiKey: world.apiKey,
      inviter: 'Alex Morgan',
    };
    assert.ok(
      Object.values(canaries).every((value) => value.length > 7),
      'each canary is long enough to look for',
    );

    await eventually('both processes have sent what they traced', async () =>
      ['POST /two-step', 'text provider'].every((name) => collector.spans.some((span) => span.name === name)),
    );
    const files = [
      ...(await filesOf(world.dataDir)),
      ...(await metricsOf(world)),
      { name: 'traces', text: collector.text },
    ];
    assert.ok(
      files.some(({ name, text }) => name.startsWith('temporal.db') && text.includes(invitation.id)),
      'the search finds what is there',
    );
    assert.ok(files.some(({ name, text }) => name === 'api.log' && text.includes('/two-step')));
    assert.ok(files.some(({ name, text }) => name === 'worker.log' && text.includes('text-unaccepted')));
    assert.ok(files.some(({ name, text }) => name === 'worker metrics' && /result="busy"} [1-9]/.test(text)));
    const found = Object.entries(canaries).flatMap(([what, value]) =>
      files.filter(({ text }) => text.includes(value)).map(({ name }) => `${what} in ${name}`),
    );
    assert.deepEqual(found, []);
  });

  it('leaves nothing undone, for all that the providers failed', () => assertNothingLeftLocally(world));
});

const metricsOf = ({ metricsUrls }: LocalWorld) =>
  Promise.all(
    Object.entries(metricsUrls).map(async ([name, url]) => ({
      name: `${name} metrics`,
      text: await (await fetch(url)).text(),
    })),
  );

/** Temporal's database with its write-ahead log, and every log, byte for byte. */
async function filesOf(dataDir: string): Promise<{ name: string; text: string }[]> {
  const databases = (await readdir(dataDir)).filter((name) => name.startsWith('temporal.db'));
  const logs = (await readdir(join(dataDir, 'logs'))).map((name) => join('logs', name));
  return Promise.all(
    [...databases, ...logs].map(async (path) => ({
      name: path.replace(/^logs\//, ''),
      text: (await readFile(join(dataDir, path)).catch(unlessGone(path))).toString('latin1'),
    })),
  );
}

/** The journal of a write under way comes and goes; what it held stands in the database after. */
const unlessGone = (path: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT' && path.endsWith('-journal')) return Buffer.alloc(0);
  throw error;
};
