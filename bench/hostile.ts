import { rowsOfCsv } from '../api/csv.js';
import { createPasswords } from '../api/passwords.js';
import { readRecoveryCode } from '../api/recovery-codes.js';
import { readSixDigits } from '../api/web/codes-typed.js';
import { lines, oneLine, unlinked } from '../emails/values.js';
import { canonicalEmail, canonicalMobile } from '../store/addresses.js';
import { hasLink, readLine, readName } from '../store/lines.js';
import { DEFAULT_POLICY } from '../store/policy.js';
import { createKeyring } from '../store/secrets.js';

/** What makes a careless pattern run away: long runs of what it may take in more ways than one, and an end that fits nothing. */
export const PIECES = [
  'a',
  ' ',
  '\n',
  '.',
  '-',
  '1',
  '@',
  '"',
  ',',
  'a.',
  'a@',
  '1-',
  'a b ',
  '\u3002',
  '\u00e9',
  '\r\n',
] as const;
const END = '\u0000!';

/** A piece over and over. @param size in characters, without the end */
export const hostile = (piece: string, size: number): string =>
  piece.repeat(Math.ceil(size / piece.length)) + END;

/** Everything that reads what people type. Most doors refuse so long a text by its length before they ask one of these. */
export function createValidators() {
  const passwords = createPasswords({ brandName: 'Huma' });
  const keyring = createKeyring([Buffer.alloc(32, 1)]);
  return {
    'email address': canonicalEmail,
    'mobile number': (text: string) => canonicalMobile(text, DEFAULT_POLICY),
    name: readName,
    'reason, search': (text: string) => readLine(text, 500),
    'web address in a message': hasLink,
    password: (text: string) => passwords.refusalOf(text, ['canary@example.org']),
    'code of six digits': (text: string) => readSixDigits(text, { missing: '' }),
    'recovery code': readRecoveryCode,
    'token of a link': (text: string) => keyring.openLinkToken(text, 'invitation'),
    'list (CSV)': (text: string) => rowsOfCsv(Buffer.from(`email\n${text}`)),
    'words in a mail': (text: string) => unlinked(oneLine(lines(text))),
  };
}
