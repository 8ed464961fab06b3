import assert from 'node:assert/strict';
import { UnreadableList } from '../../api/csv.js';
import { createValidators, hostile, PIECES } from '../../bench/hostile.js';

const SIZE = 50_000;
const WHITE = new Set<string>([' ', '\n', '\r\n']);

type Piece = (typeof PIECES)[number];
type Name = keyof ReturnType<typeof createValidators>;

/** What each answers. `ended`: with the end that fits nothing; without it the text may be another thing, and is as long. */
const EXPECTED: Record<Name, (piece: Piece, ended: boolean) => unknown> = {
  'email address': () => undefined,
  'mobile number': () => ({ refusal: 'phone-invalid' }),
  name: lineOf,
  'reason, search': lineOf,
  'web address in a message': () => false,
  password: () => 'password-too-long',
  'code of six digits': (piece, ended) => ({
    refusal: !ended && (WHITE.has(piece) || piece === '-') ? '' : 'code-format',
  }),
  'recovery code': () => undefined,
  'token of a link': () => undefined,
  'list (CSV)': (piece, ended) => {
    if (WHITE.has(piece)) return ended ? [{ email: '\u0000!' }] : [];
    // So many empty fields: no row of this list, or none at all.
    if (piece === ',') return ended ? [null] : [];
    return 'row-too-long';
  },
  'words in a mail': (piece, ended) => {
    const text = piece === 'a.' ? `a.${'\u200ba.'.repeat(SIZE / 2 - 1)}` : piece.repeat(SIZE / piece.length);
    return `${WHITE.has(piece) ? '' : text}${ended ? '!' : ''}`.trim();
  },
};

function lineOf(piece: Piece, ended: boolean): unknown {
  if (ended) return { refusal: 'unprintable' };
  return WHITE.has(piece) ? { line: '' } : { refusal: 'too-long' };
}

/**
 * SECURITY.md row 36. With a pattern that runs away these take minutes, or never end: far beyond the time limit, as that is far
 * beyond what they take. How the time grows is measured by the benchmark.
 */
describe('50,000 hostile characters', function () {
  this.timeout(10_000);

  for (const [name, validate] of Object.entries<(text: string) => unknown>(createValidators())) {
    it(`are answered as ${name}`, async () => {
      for (const piece of PIECES) {
        for (const ended of [true, false]) {
          const text = hostile(piece, SIZE);
          const given = ended ? text : text.slice(0, -2);
          assert.ok(given.length >= SIZE);
          const answer = await Promise.resolve(given)
            .then(validate)
            .catch((error: unknown) => (error instanceof UnreadableList ? error.fault : error));
          const what = JSON.stringify([piece, ended]);
          assert.deepEqual({ what, answer }, { what, answer: EXPECTED[name as Name](piece, ended) });
        }
      }
    });
  }

  it('leave no validator out', () => {
    assert.deepEqual(Object.keys(EXPECTED), Object.keys(createValidators()));
  });
});
