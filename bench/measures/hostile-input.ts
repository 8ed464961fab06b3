import { rowsOfCsv } from '../../api/csv.js';
import { createPasswords } from '../../api/passwords.js';
import { readRecoveryCode } from '../../api/recovery-codes.js';
import { readSixDigits } from '../../api/web/codes-typed.js';
import { lines, oneLine, unlinked } from '../../emails/values.js';
import { canonicalEmail, canonicalMobile } from '../../store/addresses.js';
import { hasLink, readLine, readName } from '../../store/lines.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { createKeyring } from '../../store/secrets.js';
import type { Section } from '../section.js';
import { median } from '../statistics.js';
import { ms, type Row, ratio, table } from '../table.js';

const SIZE = 50_000;
const TRIES = 7;
/** What makes a careless pattern run away: long runs of what it may take in more ways than one, and an end that fits nothing. */
const PIECES = [
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
];
const END = '\u0000!';

type Validator = (text: string) => unknown;

/** How long each validator takes for the worst of long hostile inputs, and how that grows with their length. */
export async function hostileInputSection(): Promise<Section> {
  const passwords = createPasswords({ brandName: 'Huma' });
  const keyring = createKeyring([Buffer.alloc(32, 1)]);
  const validators: Record<string, Validator> = {
    'email address': canonicalEmail,
    'mobile number': (text) => canonicalMobile(text, DEFAULT_POLICY),
    name: readName,
    'reason, search': (text) => readLine(text, 500),
    'web address in a message': hasLink,
    password: (text) => passwords.refusalOf(text, ['canary@example.org']),
    'code of six digits': (text) => readSixDigits(text, { missing: '' }),
    'recovery code': readRecoveryCode,
    'token of a link': (text) => keyring.openLinkToken(text, 'invitation'),
    'list (CSV)': (text) => rowsOfCsv(Buffer.from(`email\n${text}`)).catch(() => undefined),
    'words in a mail': (text) => unlinked(oneLine(lines(text))),
  };
  const rows: Row[] = [];
  for (const [name, validate] of Object.entries(validators)) {
    const once = await worst(validate, SIZE);
    const twice = await worst(validate, 2 * SIZE);
    rows.push([name, ms(once), ms(twice), ratio(twice / once)]);
  }
  return {
    title:
      '9. Hostile input, ms (a pattern that runs away would grow with the square of the length: 4 and more)',
    table: table(['', '50,000 characters', '100,000', 'ratio'], rows),
    notes: [
      `The slowest of ${PIECES.length} texts, each one piece over and over and an end that fits nothing; medians of ${TRIES}. Most doors`,
      'refuse a text of this length by its length, before any pattern: this is what stands behind them. Very small times grow by chance.',
    ],
  };
}

const hostile = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)) + END;

async function worst(validate: Validator, size: number): Promise<number> {
  let slowest = 0;
  for (const piece of PIECES) slowest = Math.max(slowest, await timeOf(validate, hostile(piece, size)));
  return slowest;
}

async function timeOf(validate: Validator, text: string): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < TRIES; nth++) {
    const before = performance.now();
    await validate(text);
    times.push(performance.now() - before);
  }
  return median(times);
}
