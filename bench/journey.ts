import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Browser, type Note } from './browser.js';
import { send } from './http.js';
import type { Setting } from './setting.js';

/** The guide from the invitation to the dashboard, over HTTP; links and codes come from the inbox alone. */
export const PASSWORD = 'wheelbarrow lantern 42 otter';

/** A person's page looks again each second. Sooner shows the wait more finely; much sooner would itself be the load. */
const LOOKS_AGAIN_AFTER = 100;
/** Under load a mail may be long in coming; that is a figure, not a failure. */
const LONGEST_WAIT = 150_000;

let counted = 0;

/** A valid UK mobile number, another one each time and not in a row: runs of numbers are limited. */
function newNumber(): string {
  counted = (counted + 7_919) % 100_000;
  return `07400${100_000 + counted}`;
}

export const newEmail = (): string => `person-${randomUUID()}@example.org`;

export interface Guest {
  id: string;
  email: string;
  number: string;
  browser: Browser;
  note: Note;
}

export async function invite({ url, service }: Setting, email: string): Promise<{ id: string; ms: number }> {
  const { status, text, ms } = await send({
    method: 'POST',
    url: new URL('/api/v1/invitations', url),
    headers: { authorization: `Bearer ${service.demoApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email, firstName: 'Sam', lastName: 'Taylor' }),
  });
  if (status !== 201) throw new Error(`An invitation was answered with ${status}: ${text}`);
  const { id } = JSON.parse(text) as { id: string };
  return { id, ms };
}

/** The link in a mail of a kind to an address, as soon as it is there. */
export async function mailedLink({ service, url }: Setting, email: string, kind: 'invite' | 'verify') {
  const pattern = new RegExp(`${url}/${kind}/[A-Za-z0-9_-]+`);
  const { text } = await service.inbox.nextMail((mail) => mail.to === email && pattern.test(mail.text), {
    timeoutMs: LONGEST_WAIT,
  });
  return pattern.exec(text)?.[0] ?? '';
}

async function textedCode({ service }: Setting, number: string, since = 0): Promise<string> {
  const to = `44${number.slice(1)}`;
  const { text } = await service.inbox.nextText((each) => each.to === to, { since, timeoutMs: LONGEST_WAIT });
  return /^\d{6}/.exec(text)?.[0] ?? '';
}

/** The steps one after another. `pause` comes before each of the person's own. */
export async function takeJourney(setting: Setting, note: Note, pause = async () => {}): Promise<Guest> {
  const email = newEmail();
  const browser = new Browser(setting.url, note);
  const { id, ms } = await invite(setting, email);
  note('POST /api/v1/invitations', ms);
  const guest = { id, email, number: newNumber(), browser, note };

  const link = await waiting(note, 'wait for the invitation', mailedLink(setting, email, 'invite'));
  await pause();
  await browser.open(link);
  await browser.press('/create-account', {
    firstName: 'Sam',
    lastName: 'Taylor',
    password: PASSWORD,
    accepted: 'yes',
  });
  at(browser, '/check-email');

  const verification = await waiting(
    note,
    'wait for the verification mail',
    mailedLink(setting, email, 'verify'),
  );
  await pause();
  await browser.open(verification);
  await browser.press('/verify');
  at(browser, '/phone');
  await pause();
  await browser.press('/phone', { phone: guest.number });
  at(browser, '/two-step');

  const code = await waiting(note, 'wait for the text', textedCode(setting, guest.number));
  await pause();
  await browser.press('/two-step', { code });
  await waiting(note, 'wait for the dashboard', untilUnlocked(browser));
  return guest;
}

/** Once a journey has ended: the disclaimer, out, and in again. */
export async function comeBack(setting: Setting, { browser, note, email, number }: Guest): Promise<void> {
  await browser.press('/disclaimer', { accepted: 'yes' });
  await browser.press('/sign-out');
  at(browser, '/sign-in');
  const since = setting.service.inbox.texts.length;
  await browser.press('/sign-in', { email, password: PASSWORD });
  at(browser, '/two-step');
  const code = await waiting(note, 'wait for the text', textedCode(setting, number, since));
  await browser.press('/two-step', { code });
  at(browser, '/dashboard');
}

async function untilUnlocked(browser: Browser): Promise<void> {
  while (browser.path === '/unlocking') {
    await delay(LOOKS_AGAIN_AFTER);
    await browser.refresh();
  }
  at(browser, '/dashboard');
}

async function waiting<T>(note: Note, what: string, thing: Promise<T>): Promise<T> {
  const from = performance.now();
  const got = await thing;
  note(what, performance.now() - from);
  return got;
}

function at(browser: Browser, path: string): void {
  if (browser.path !== path) throw new Error(`At ${browser.path}, not at ${path}`);
}
