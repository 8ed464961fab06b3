import { randomBytes } from 'node:crypto';
import { Secret } from 'otpauth';
import { createPasswords } from '../../api/passwords.js';
import type { Authenticator, PendingAuthenticator, RecoveryCodes } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { PASSWORD } from '../support/journey.js';
import type { Person } from '../support/person.js';
import { type PhoneApp, phoneApp } from '../support/phone-app.js';
import type { World } from '../support/world.js';
import type { Placed } from './people.js';

type Facts = {
  authenticator?: Authenticator;
  pendingAuthenticator?: PendingAuthenticator;
  recoveryCodes?: RecoveryCodes;
};

const give = ({ store }: World, id: string, facts: Facts) =>
  store.onboardings.model.updateOne({ _id: id }, { $set: facts });

function newApp(world: World, id: string) {
  const secret = randomBytes(20);
  const app = phoneApp(new Secret({ buffer: Uint8Array.from(secret).buffer }).base32);
  return { app, secret: world.keyring.seal(secret, id) };
}

/** Sets up an app by writing the facts: most attacks need no story before them. */
export async function giveApp(world: World, { id }: Pick<Placed, 'id'>): Promise<PhoneApp> {
  const { app, secret } = newApp(world, id);
  await give(world, id, {
    authenticator: { id: newSecretId(), secret, addedAt: world.now(), lastStep: 0 },
  });
  return app;
}

/** As far as the page with the QR code, in a session. */
export async function givePendingApp(
  world: World,
  { id, session }: Pick<Placed, 'id' | 'session'>,
): Promise<PhoneApp> {
  const { app, secret } = newApp(world, id);
  await give(world, id, {
    pendingAuthenticator: { id: newSecretId(), secret, sessionId: session._id, issuedAt: world.now() },
  });
  return app;
}

/** One set of hashes for everybody: each costs 40 ms. */
let hashes: Promise<string[]> | undefined;
const SECRETS = ['0123456789', '23456789AB', 'CDEFGHJKMN', 'PQRSTVWXYZ'];

/** @returns the codes of a list of four. */
export async function giveRecoveryCodes(world: World, { id }: Pick<Placed, 'id'>): Promise<string[]> {
  const { hash } = createPasswords({ brandName: 'Huma' });
  hashes ??= Promise.all(SECRETS.map((secret) => hash(secret)));
  const codes = (await hashes).map((each, index) => ({ position: index + 1, hash: each }));
  await give(world, id, { recoveryCodes: { id: newSecretId(), madeAt: world.now(), codes } });
  return SECRETS.map((secret, index) => `${index + 1}${secret}`);
}

/** Sets up an app on its pages, by somebody signed in. */
export async function setUpApp(
  world: Pick<World, 'now'>,
  person: Person,
  password = PASSWORD,
): Promise<PhoneApp> {
  await beginApp(person, password);
  const app = phoneApp(keyOn(person));
  await person.press('Finish', { code: app.code(world.now()) });
  return app;
}

export async function beginApp(person: Person, password = PASSWORD): Promise<void> {
  await person.open('/account/authenticator');
  const button = person.page('main form button[type=submit]').last().text().trim();
  await person.press(button, { password });
}

/** The key as the page with the QR code shows it. */
export const keyOn = (person: Person): string => person.page('.app-key').text();

/** Makes a list on its page, by somebody signed in. */
export async function makeRecoveryCodes(person: Person, password = PASSWORD): Promise<string[]> {
  await person.open('/account/recovery-codes');
  const button = person.page('main form button[type=submit]').last().text().trim();
  await person.press(button, { password });
  return codesOn(person);
}

/** The codes on the page in front. */
const codesOn = ({ page }: Person): string[] =>
  page('.app-codes code')
    .toArray()
    .map((each) => page(each).text());
