import { rateOf } from '../at-once.js';
import { bareJourney } from '../bare/client.js';
import type { BareWorker } from '../bare/worker.js';
import { Browser } from '../browser.js';
import { COUNTS } from '../counts.js';
import { comeBack, type Guest, invite, mailedLink, newEmail, takeJourney } from '../journey.js';
import { Samples } from '../samples.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { median, percentile } from '../statistics.js';
import { ms, table } from '../table.js';

export async function warmUp(setting: Setting, worker: BareWorker): Promise<void> {
  const { warmUp: times, people: atOnce } = COUNTS;
  await rateOf({ times, atOnce, work: () => bareJourney(setting.client, worker) });
  await rateOf({ times, atOnce, work: () => takeJourney(setting, () => {}) });
}

/** Journeys one after another. @returns their times, and the people, who have accounts now and are signed in. */
export async function measureAlone(setting: Setting): Promise<{ alone: Samples; guests: Guest[] }> {
  const alone = new Samples();
  const guests: Guest[] = [];
  for (let nth = 0; nth < COUNTS.journeysAlone; nth++) {
    const guest = await takeJourney(setting, alone.note);
    await comeBack(setting, guest);
    guests.push(guest);
  }
  return { alone, guests };
}

const STRANGERS_PAGES = ['/', '/help', '/sign-in', '/terms', '/create-account'];
const INSIDE = ['/dashboard', '/account', '/invite-colleague'];

/** Pages one request at a time: a stranger's with an invitation in hand, then those behind the sign-in. */
export async function pagesSection(setting: Setting, guest: Guest): Promise<Section> {
  const times = new Samples();
  const email = newEmail();
  await invite(setting, email);
  const stranger = new Browser(setting.url, () => {});
  await stranger.open(await mailedLink(setting, email, 'invite'));
  for (const browser of [stranger, guest.browser]) browser.note = times.note;
  for (let nth = 0; nth < COUNTS.viewsOfAPage; nth++) {
    for (const path of STRANGERS_PAGES) await view(stranger, path);
    for (const path of INSIDE) await view(guest.browser, path);
  }
  return {
    title: '3. Pages, one request at a time, ms (the POST steps stand in the table of steps above)',
    table: table(
      ['', 'p50', 'p95'],
      times.steps.map((step) => [step, ms(median(times.of(step))), ms(percentile(times.of(step), 0.95))]),
    ),
    notes: [
      `${COUNTS.viewsOfAPage} views of each page in turns, over one kept connection; the whole document, without its style sheet and script.`,
    ],
  };
}

async function view(browser: Browser, path: string): Promise<void> {
  await browser.open(path);
  if (browser.path !== path) throw new Error(`${path} led to ${browser.path}`);
}
