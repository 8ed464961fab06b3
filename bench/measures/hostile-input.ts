import { createValidators, hostile, PIECES } from '../hostile.js';
import type { Section } from '../section.js';
import { median } from '../statistics.js';
import { ms, type Row, ratio, table } from '../table.js';

const SIZE = 50_000;
const TRIES = 7;
type Validator = (text: string) => unknown;

/** How long each validator takes for the worst of long hostile inputs, and how that grows with their length. */
export async function hostileInputSection(): Promise<Section> {
  const rows: Row[] = [];
  for (const [name, validate] of Object.entries<Validator>(createValidators())) {
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

async function worst(validate: Validator, size: number): Promise<number> {
  let slowest = 0;
  for (const piece of PIECES) slowest = Math.max(slowest, await timeOf(validate, hostile(piece, size)));
  return slowest;
}

async function timeOf(validate: Validator, text: string): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < TRIES; nth++) {
    const before = performance.now();
    // A list that cannot be read is refused by an error.
    await Promise.resolve(text)
      .then(validate)
      .catch(() => {});
    times.push(performance.now() - before);
  }
  return median(times);
}
