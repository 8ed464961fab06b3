import { parseArgs } from 'node:util';
import { migrate as migrateDatabase } from '../../store/migrate.js';
import type { Say } from '../command.js';

export const migrateHelp = `migrate
    Brings the database to this version: collections, indexes, data. Before the new api and worker
    are started; they refuse to start on a database that is behind. May be run twice, and at once.`;

/** Needs no Temporal, and no store: that opens on a migrated database only. */
export async function migrate(uri: string, args: readonly string[], say: Say): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  const done = await migrateDatabase({ uri, report: say });
  say(
    done.length === 0
      ? 'Nothing to do: the database is at this version.'
      : 'The database is at this version.',
  );
  return 0;
}
