import type { Environment } from './read.js';

/** A random key of 32 bytes has some 30 different ones; fewer than half of that is a phrase, a pattern or a mistake. */
const LEAST_DIFFERENT_BYTES = 15;

/** What people read on pages and mails: the terminal invites by this name too. */
export const BRANDED = ['BRAND_NAME', 'SUPPORT_EMAIL'];

interface Shared {
  PUBLIC_URL: string;
  SECRET_KEYS: readonly Buffer[];
}

/** What is fit for trying the service out and not for people: a line each, without values. */
export const faultsOfBoth = ({ PUBLIC_URL, SECRET_KEYS }: Shared, environment: Environment): string[] => [
  ...(PUBLIC_URL.startsWith('https:') ? [] : ['PUBLIC_URL: production needs https']),
  ...(SECRET_KEYS.every((key) => new Set(key).size >= LEAST_DIFFERENT_BYTES)
    ? []
    : ['SECRET_KEYS: production needs random keys, such as `openssl rand -base64 32` makes']),
  ...unset(BRANDED, environment),
];

export const unset = (names: string[], environment: Environment): string[] =>
  names
    .filter((name) => !environment[name] && !environment[`${name}_FILE`])
    .map((name) => `${name}: production needs it set`);

/** Links and codes must not cross a network in the clear: `smtps://`, or STARTTLS that is demanded. */
export const isEncrypted = (smtpUrl: string): boolean => {
  const { protocol, searchParams } = new URL(smtpUrl);
  return protocol === 'smtps:' || searchParams.get('requireTLS') === 'true';
};
