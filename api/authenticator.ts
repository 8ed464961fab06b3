import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Onboarding } from '../store/facts.js';
import type { Keyring } from '../store/secrets.js';

/** RFC 6238 as every app has it, whatever else the address in the QR code might ask for. */
const CODES = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after the present one that count too: phones' clocks differ, and typing takes time (RFC 6238 §5.2). */
const WINDOW = 1;
const CODE = /^[0-9]{6}$/;
/** RFC 4226 §4 recommends 160 bits. */
const SECRET_BYTES = 20;

export const newAppSecret = (): Uint8Array => randomBytes(SECRET_BYTES);

/** What has to be compared with, of somebody whose app is set up. */
export interface App {
  id: string;
  secret: Uint8Array;
}

/** @returns `unreadable` where no key opens the secret any more. */
export function appOf(
  keyring: Pick<Keyring, 'unseal'>,
  { _id, stage, authenticator }: Onboarding,
): App | 'unreadable' | undefined {
  if (!authenticator || stage !== 'active') return undefined;
  const secret = keyring.unseal(authenticator.secret, _id);
  return secret ? { id: authenticator.id, secret } : 'unreadable';
}

/** @returns the time step that a code is of, or undefined where it is of none that counts at that moment. */
export function stepOf({
  secret,
  code,
  at,
}: {
  secret: Uint8Array;
  code: string;
  at: Date;
}): number | undefined {
  // The library throws where something else has as many characters and more bytes.
  if (!CODE.test(code)) return undefined;
  const timestamp = at.getTime();
  const steps = TOTP.validate({ ...CODES, secret: asSecret(secret), token: code, timestamp, window: WINDOW });
  return steps === null ? undefined : TOTP.counter({ period: CODES.period, timestamp }) + steps;
}

/** For the QR code and for an app on the same phone; `key` for typing, in groups of four. */
export function setUpOf({
  secret,
  brandName,
  email,
}: {
  secret: Uint8Array;
  brandName: string;
  email: string;
}): { uri: string; key: string } {
  const base32 = asSecret(secret);
  return {
    uri: new TOTP({ ...CODES, issuer: brandName, label: email, secret: base32 }).toString(),
    key: base32.base32.replaceAll(/.{4}(?=.)/g, '$& '),
  };
}

/** Copied: a Buffer is often a piece of a larger one. */
const asSecret = (bytes: Uint8Array) => new Secret({ buffer: Uint8Array.from(bytes).buffer });
