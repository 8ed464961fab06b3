import { randomInt } from 'node:crypto';

/** How many a list has. */
const CODES = 8;
/** Crockford's base 32: no I, L, O or U. Ten characters are 50 random bits, which the slow hash and ten tries in a row guard. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;
const LONGEST_TYPED = 100;
const CODE = /^([1-9])([0-9A-HJKMNP-TV-Z]{10})$/;

export interface RecoveryCodeText {
  /** In its list, from 1. */
  position: number;
  /** What is hashed: without the position and what makes it easy to read. */
  secret: string;
}

/** A new list, in its order. */
export const newRecoveryCodes = (): RecoveryCodeText[] =>
  Array.from({ length: CODES }, (_, index) => ({
    position: index + 1,
    secret: Array.from({ length: LENGTH }, () => DIGITS[randomInt(DIGITS.length)]).join(''),
  }));

/** `3-ABCD-EFGH-JK` */
export const recoveryCodeText = ({ position, secret }: RecoveryCodeText): string =>
  `${position}-${secret.replaceAll(/.{4}(?=.)/g, '$&-')}`;

/**
 * As people type it: capital or small, with or without spaces and whatever dash a keyboard makes of a hyphen, and with the letters
 * that look like digits.
 */
export function readRecoveryCode(typed: string): RecoveryCodeText | undefined {
  if (typed.length > LONGEST_TYPED) return undefined;
  const plain = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const [, position, secret] = CODE.exec(plain) ?? [];
  return secret === undefined ? undefined : { position: Number(position), secret };
}
