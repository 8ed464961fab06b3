import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COUNTS } from '../counts.js';
import { invite, mailedLink, newEmail } from '../journey.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { median } from '../statistics.js';
import { seconds, table } from '../table.js';

/** Milliseconds from the start to the moment when everything answers, and to the first mail in the inbox. */
export interface StartUp {
  ready: number;
  firstMail: number;
}

export async function startTimed(setting: Setting): Promise<StartUp> {
  const from = performance.now();
  const ready = await setting.start();
  const email = newEmail();
  await invite(setting, email);
  await mailedLink(setting, email, 'invite');
  return { ready, firstMail: performance.now() - from };
}

export async function laterStarts(setting: Setting): Promise<StartUp[]> {
  const starts: StartUp[] = [];
  for (let nth = 0; nth < COUNTS.laterStarts; nth++) {
    await setting.stop();
    starts.push(await startTimed(setting));
  }
  return starts;
}

/** `npm start` builds before it starts; with nothing changed that is mostly looking. */
export async function timeBuild(): Promise<number> {
  const from = performance.now();
  await promisify(execFile)('npm', ['run', '--silent', 'build'], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
  });
  return performance.now() - from;
}

export function startUpSection(input: { cold: StartUp; later: StartUp[]; build: number }): Section {
  const { cold, later, build } = input;
  const ready = later.map((each) => each.ready);
  const firstMail = later.map((each) => each.firstMail);
  return {
    title: '5. Start-up of the whole local service (aim: a later start within 10 s)',
    table: table(
      ['', 'to ready, s', 'to the first mail, s'],
      [
        ['first start, empty data folder', seconds(cold.ready), seconds(cold.firstMail)],
        [`later start, median of ${later.length}`, seconds(median(ready)), seconds(median(firstMail))],
        ['  slowest', seconds(Math.max(...ready)), seconds(Math.max(...firstMail))],
        ['build before it, nothing changed', seconds(build), ''],
      ],
    ),
    notes: [
      'Ready: api, database and Temporal answer and the worker says that it is ready. The first mail: an invitation made then lies in',
      'the inbox. `npm start` adds the build. Programs were fetched before; the very first start on a machine fetches them, which',
      'depends on the network. The later starts find the data of this run.',
    ],
  };
}
