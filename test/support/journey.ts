import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Onboarding } from '../../store/facts.js';
import { eventually } from './eventually.js';
import { Person } from './person.js';
import type { World } from './world.js';

/** The steps of the guide, as a person without JavaScript takes them. Links and codes come only from the inbox. */
export type JourneyWorld = Pick<World, 'url' | 'apiKey' | 'inbox'> & {
  /** Where the doors are reached, where that is not what links name. */
  origin?: string;
};

export const PASSWORD = 'wheelbarrow lantern 42 otter';
export const NEW_PASSWORD = 'thimble orchard 87 magpie';

/** Longer than a send that died with its worker takes to be tried again (35 s): an event is awaited, this only ends a wait in vain. */
const PATIENCE = 60_000;

let counted = 0;

export function newEmail(): string {
  return `person-${randomUUID()}@example.org`;
}

/** A valid UK mobile number, another one each time and not in a row. */
export function newNumber(): string {
  counted = (counted + 7_919) % 100_000;
  return `07400 ${String(100_000 + counted)}`;
}

export async function invite(
  world: Pick<JourneyWorld, 'url' | 'apiKey' | 'origin'>,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, string>; headers: Headers }> {
  const response = await fetch(`${world.origin ?? world.url}/api/v1/invitations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, string>,
    headers: response.headers,
  };
}

/** Invites a new person and waits for the mail. */
export async function invited(world: JourneyWorld, email = newEmail(), more: Record<string, string> = {}) {
  const { status, body } = await invite(world, { email, firstName: 'Sam', lastName: 'Taylor', ...more });
  assert.equal(status, 201);
  const person = new Person(world.origin ?? world.url, world.url);
  return { id: body['id'] ?? '', email, person, link: await linkFromMail(world, email, 'invite') };
}

/** The link in the first mail of a kind to an address, behind the first `since` mails. */
export async function linkFromMail(
  world: JourneyWorld,
  email: string,
  kind: 'invite' | 'verify' | 'reset-password',
  since = 0,
): Promise<string> {
  const pattern = new RegExp(`${world.url}/${kind}/[A-Za-z0-9_-]+`);
  const mail = await world.inbox.nextMail(({ to, text }) => to === email && pattern.test(text), {
    since,
    timeoutMs: PATIENCE,
  });
  const link = pattern.exec(mail.text)?.[0] ?? '';
  return world.origin ? link.replace(world.url, world.origin) : link;
}

/** The code in the first text to a number, behind the first `since` texts. */
export async function codeFromText(world: JourneyWorld, number: string, since = 0): Promise<string> {
  const digits = `44${number.replaceAll(' ', '').slice(1)}`;
  const { text } = await world.inbox.nextText(({ to }) => to === digits, { since, timeoutMs: PATIENCE });
  return /^\d{6}/.exec(text)?.[0] ?? '';
}

export type Invited = Awaited<ReturnType<typeof invited>>;

export async function createAccount(
  { person, link }: Invited,
  { firstName, lastName } = { firstName: 'Sam', lastName: 'Taylor' },
): Promise<void> {
  await person.open(link);
  await person.press('Create account', {
    firstName,
    lastName,
    password: PASSWORD,
    accepted: 'yes',
  });
  assert.equal(person.path, '/check-email', person.text);
}

export async function verifyEmail(world: JourneyWorld, { person, email }: Invited): Promise<void> {
  await person.open(await linkFromMail(world, email, 'verify'));
  await person.press('Verify email');
  assert.equal(person.path, '/phone', person.text);
}

export async function enterNumber({ person }: Invited, number: string): Promise<void> {
  await person.press('Continue', { phone: number });
  assert.equal(person.path, '/two-step', person.text);
}

export async function enterCode(
  world: JourneyWorld,
  { person }: Invited,
  number: string,
  since = 0,
): Promise<void> {
  const code = await codeFromText(world, number, since);
  await person.press('Next', { code });
  assert.match(person.path, /^\/(unlocking|dashboard)$/, person.text);
}

/** The unlocking page refreshes itself; so does this. Each answer comes from the server, so this waits on its work. */
export async function untilUnlocked({ person }: Pick<Invited, 'person'>): Promise<void> {
  for (let tries = 0; tries < 1_000 && person.page('meta[http-equiv=refresh]').length > 0; tries++) {
    await person.open('/dashboard');
  }
  assert.equal(person.path, '/dashboard', person.text);
}

/** From invitation to the disclaimer. */
export async function toDashboard(world: JourneyWorld, email?: string) {
  const invitation = await invited(world, email);
  const number = newNumber();
  await createAccount(invitation);
  await verifyEmail(world, invitation);
  await enterNumber(invitation, number);
  await enterCode(world, invitation, number);
  await untilUnlocked(invitation);
  return { ...invitation, number };
}

/** The facts at a step, once the workflow has been told of it. */
export const untilTold = (
  { store }: Pick<World, 'store'>,
  { id }: Pick<Invited, 'id'>,
  seq: number,
): Promise<Onboarding> =>
  eventually(`the workflow is told of step ${seq}`, async () => {
    const onboarding = await store.onboardings.find(id);
    return onboarding?.seq === seq && !onboarding.untoldSince && onboarding;
  });
