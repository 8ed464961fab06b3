import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Say, UsageError } from '../command.js';
import { type AdminEnvironment, dataDirOf, runningLocally } from '../local-settings.js';

export const resetHelp = `reset [--yes]
    Local use only: empties the data folder of npm start (onboardings, workflows, mails, secrets,
    logs), so that the next start begins anew. Fetched programs are kept. Without --yes it only says
    what it would remove.`;

/** What a later start would have to fetch again. */
const KEPT = new Set(['tools']);
/** Made by the first start: a folder without it is not ours. */
const MARK = 'secrets.json';

/** Needs no database: it is about to go. */
export async function reset(env: AdminEnvironment, args: readonly string[], say: Say): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { yes: { type: 'boolean' } } });
  if (env['NODE_ENV'] === 'production' || env['MONGODB_URI'])
    throw new UsageError(
      'reset is for the local service of npm start; a database of your own is yours to empty',
    );
  const dir = dataDirOf(env);
  if (!existsSync(join(dir, MARK))) {
    say(`${dir} holds no data of npm start: nothing to reset.`);
    return 0;
  }
  if (runningLocally(env)) {
    say('The local service is running. Stop npm start first (Ctrl-C), then reset.');
    return 1;
  }
  const doomed = (await readdir(dir)).filter((name) => !KEPT.has(name)).sort();
  if (!values.yes) {
    say(`reset --yes would remove from ${dir}:`);
    for (const name of doomed) say(`  ${name}`);
    return 0;
  }
  for (const name of doomed) await rm(join(dir, name), { recursive: true, force: true });
  say(`Removed ${doomed.length} entries from ${dir}. The next npm start begins anew.`);
  return 0;
}
