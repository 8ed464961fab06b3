import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../browser.js';
import { type LocalPorts, type LocalService, startLocalService } from '../local-service.js';
import { freePort } from '../services/ports.js';
import { type Clinician, clinician, PHONE } from './clinician.js';

/**
 * `npm run demo`: three people are invited from a file. The first walks to the dashboard and stays there while everything is
 * killed; the second lets the deadline pass and is let in again by support; the third comes too late. Deadlines are short.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const INVITATIONS = join(root, 'dev/demo/invitations.csv');
const INVITER = 'alex.morgan@example.org';
/** From the file to the third person's expiry: time enough for the first to reach the dashboard. */
const INVITE_EXPIRY = '75s';
const SHORT = { VERIFY_WINDOW: '20s', BLOCK_GRACE: '1s', RESEND_COOLDOWN: '1s', SWEEP_SECONDS: '1' };

const { values } = parseArgs({
  options: { pictures: { type: 'string', default: join(root, '.data/demo/pictures') } },
});
const pictures = resolve(values.pictures);
const dataDir = join(root, '.data/demo');
const began = Date.now();

const say = (line = '') => process.stdout.write(`${line}\n`);
const chapter = (title: string) => say(`\n${title}`);
const step = (line: string) => say(`  ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);

async function main(): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const ports = await portsFree();
  let service = await start(ports, { INVITE_EXPIRY, SWEEP_SECONDS: '1' });
  const browser = await launchBrowser();
  try {
    chapter('Three invitations from dev/demo/invitations.csv');
    const [zoe = '', maximiliana = '', xiaolong = ''] = await inviteAll(service);

    chapter('Zoë walks the whole way');
    const first = await walk(await person(service, browser, zoe, picture), '07400 123456');

    chapter('Kim of support comes in the same way');
    await inviteSupport('kim@example.org');
    const kim = await walk(await desk(service, browser, 'kim@example.org'), '07400 654321');

    chapter('kill -9 everything');
    await killAll(service);
    service = await start(ports, { INVITE_EXPIRY, ...SHORT });
    await first.page.reload();
    await first.page.getByText('Cardiology, Demo Hospital').first().waitFor();
    step(`Started again. Zoë reloads the page: still in the dashboard.`);

    chapter(`Maximiliana does not verify her address (deadline shortened to ${SHORT.VERIFY_WINDOW})`);
    await runsOut(service, browser, { email: maximiliana, support: kim.page });

    chapter('小龙 comes too late');
    await comesTooLate(service, browser, xiaolong);

    chapter('What the terminal says of it all');
    step(`doctor: ${(await admin('doctor')).trim()}`);
    say(`\nPictures are in ${pictures}.`);
  } finally {
    await browser.close();
    await service.stop();
  }
}

async function portsFree(): Promise<LocalPorts> {
  const [api = 0, inbox = 0, smtp = 0, mongodb = 0, temporal = 0] = await Promise.all(
    Array.from({ length: 5 }, freePort),
  );
  return { api, inbox, smtp, mongodb, temporal };
}

const start = (ports: LocalPorts, settings: Record<string, string>): Promise<LocalService> =>
  startLocalService({
    dataDir,
    ports,
    env: { ...process.env, ...settings },
    report: (line) => step(line),
  });

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
}

async function inviteAll(service: LocalService): Promise<string[]> {
  const headers = { authorization: `Bearer ${service.demoApiKey}` };
  const csv = await readFile(INVITATIONS, 'utf8');
  const response = await fetch(`${service.publicUrl}/api/v1/invitation-batches`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' },
    body: csv,
  });
  if (response.status !== 202) throw new Error(`The batch was answered with ${response.status}`);
  const addresses = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0] ?? '');
  for (const email of addresses) {
    const { subject } = await service.inbox.nextMail(({ to }) => to === email);
    step(`${email} has the mail "${subject}"`);
  }
  return addresses;
}

/** On a phone. */
const person = (
  { inbox }: LocalService,
  browser: Browser,
  email: string,
  take?: typeof picture,
): Promise<Clinician> => clinician({ browser, inbox, email, ...(take && { picture: take }) });

/** At a desk. */
const desk = ({ inbox }: LocalService, browser: Browser, email: string): Promise<Clinician> =>
  clinician({ browser, inbox, email, viewport: { width: 1280, height: 900 } });

async function walk(someone: Clinician, phone: string): Promise<Clinician> {
  await someone.createAccount();
  step('account made, terms accepted');
  await someone.verifyEmail();
  step('address verified');
  await someone.confirmNumber(phone);
  step('number entered, texted code confirmed, dashboard unlocked');
  await someone.startUsing();
  step('disclaimer acknowledged: in the dashboard');
  return someone;
}

async function inviteSupport(email: string): Promise<void> {
  await admin(
    'invite',
    '--email',
    email,
    '--role',
    'support',
    '--team',
    'demo',
    '--first-name',
    'Kim',
    '--last-name',
    'Adler',
  );
  step(`npm run admin -- invite --email ${email} --role support --team demo`);
}

async function admin(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--enable-source-maps', join(root, 'dist/admin/main.js'), ...args],
    { env: { ...process.env, DATA_DIR: dataDir } },
  );
  return stdout;
}

async function killAll(service: LocalService): Promise<void> {
  const { api, worker, temporal, mongodb } = service;
  const processes = Object.entries({ api, worker, temporal, mongodb });
  step(`kill -9 ${processes.map(([name]) => name).join(' ')}`);
  await Promise.all(processes.map(([, each]) => each.kill()));
  await service.stop();
}

async function runsOut(
  service: LocalService,
  browser: Browser,
  { email, support }: { email: string; support: Page },
): Promise<void> {
  const { inbox, publicUrl } = service;
  const late = await person(service, browser, email);
  await late.createAccount();
  // An open page moves on by itself when the account is blocked, which would come between the steps below.
  await late.page.goto('about:blank');
  step('account made; the verification mail stays unread, the page is left');
  const { subject } = await inbox.nextMail((mail) => mail.to === email && /blocked/i.test(mail.subject), {
    timeoutMs: 60_000,
  });
  step(`mail: "${subject}"`);
  await late.signIn(publicUrl);
  await late.page.waitForURL(/\/blocked$/);
  await picture(late.page, 'blocked');
  step('she signs in and reads that the account is blocked, and how to reach support');

  await support.goto(`${publicUrl}/support?q=${encodeURIComponent(email)}`);
  await support.getByRole('link', { name: /Maximiliana/ }).click();
  await support.waitForURL(/\/support\/[^?]+$/);
  await picture(support, 'support');
  const since = inbox.mails.length;
  const window = support.locator('#act-new-window');
  if ((await window.getAttribute('open')) === null) await window.locator('summary').click();
  await window.locator('textarea').fill('Called: was on leave');
  await window.getByRole('button').click();
  step('support opens a new window, with a reason');
  await late.verifyEmail(since);
  step('she verifies her address with the new link');
  await late.confirmNumber('07400 246802');
  await late.startUsing();
  step('in the dashboard');
}

async function comesTooLate({ inbox }: LocalService, browser: Browser, email: string): Promise<void> {
  const expired = await inbox.nextMail(({ to, subject }) => to === INVITER && /expired/i.test(subject), {
    timeoutMs: 120_000,
  });
  step(`the inviter has the mail "${expired.subject}"`);
  const { text } = await inbox.nextMail(({ to }) => to === email);
  const context = await browser.newContext({ viewport: PHONE });
  const page = await context.newPage();
  await page.goto(/http\S+\/invite\/\S+/.exec(text)?.[0] ?? '');
  await picture(page, 'expired');
  const since = inbox.mails.length;
  await page.getByRole('button', { name: /new/i }).click();
  const asked = await inbox.nextMail(({ to }) => to === INVITER, { since });
  step(`he asks for another; the inviter has the mail "${asked.subject}"`);
}

await main();
