import { Browser } from '../browser.js';
import { COUNTS } from '../counts.js';
import { newEmail } from '../journey.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { median, percentile } from '../statistics.js';
import { ms, ratio, table } from '../table.js';
import { hashOnce } from './hashing.js';

const WRONG = 'not the password of anybody';

/** Sign-in with a wrong password for addresses with and without an account, and the hash alone, in turns, one at a time. */
export async function signInSection(setting: Setting, emails: readonly string[]): Promise<Section> {
  const known: number[] = [];
  const unknown: number[] = [];
  const hash: number[] = [];
  let times: number[] = known;
  const browser = new Browser(setting.url, (step, took) => {
    if (step === 'POST /sign-in') times.push(took);
  });
  const attempt = async (email: string, into: number[]) => {
    times = into;
    await browser.press('/sign-in', { email, password: WRONG });
  };
  // Nobody's addresses, each asked for as often as somebody's: the first count of an address costs more than the next.
  const strangers = emails.map(newEmail);
  await browser.open('/sign-in');
  for (const stranger of strangers) await attempt(stranger, []);
  for (let pair = 0; pair < COUNTS.signInPairs; pair++) {
    const attempts = [
      () => attempt(emails[pair % emails.length] ?? '', known),
      () => attempt(strangers[pair % strangers.length] ?? '', unknown),
      async () => {
        const from = performance.now();
        await hashOnce();
        hash.push(performance.now() - from);
      },
    ];
    // Each comes first as often as last.
    if (pair % 2 === 1) attempts.reverse();
    for (const each of attempts) await each();
  }
  const row = (name: string, sample: number[]) => [name, ms(median(sample)), ms(percentile(sample, 0.95))];
  return {
    title: '6. Sign-in with a wrong password, ms (aim for the ratio: 0.9 to 1.1)',
    table: table(
      ['', 'p50', 'p95'],
      [
        row('address with an account', known),
        row('unknown address', unknown),
        row('the hash alone', hash),
        ['ratio of medians, known to unknown', ratio(median(known) / median(unknown)), ''],
        ['ratio of medians, the hash alone to a sign-in', ratio(median(hash) / median(known)), ''],
      ],
    ),
    notes: [
      `${COUNTS.signInPairs} pairs in turns, one attempt at a time. Both do one hash; tests count that the rest is the same too.`,
    ],
  };
}
