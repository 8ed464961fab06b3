import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { connect, type Database, WITHOUT_END } from './connect.js';
import { isDuplicate } from './duplicate.js';
import { createCollection } from './migrations/collections.js';
import { MIGRATIONS } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';

/** `_id` of a migration that was carried out, or the lock of whoever is at work. */
interface Row {
  _id: string;
  at?: Date;
  owner?: string;
  until?: Date;
}

const COLLECTION = 'migrations';
const LOCK = 'lock';
/** Whoever has not renewed the lock for so long has crashed. */
const LEASE = 30_000;
const ASK_AGAIN_AFTER = 500;
/** Long enough for another runner to index a large collection. */
const WAITS_FOR = 600_000;

/** The database lacks what the code rests on. */
class DatabaseBehindError extends Error {
  override readonly name = 'DatabaseBehindError';

  constructor(missing: readonly string[]) {
    super(
      `The database is behind this version (${missing.join(', ')}). Run: npm run migrate (node dist/admin/main.js migrate)`,
    );
  }
}

/** @throws DatabaseBehindError; a database that is ahead, as after a rollback, is accepted. */
export async function assertMigrated(connection: Connection): Promise<void> {
  const missing = await missingIn(connection, MIGRATIONS);
  if (missing.length > 0) throw new DatabaseBehindError(missing.map(({ id }) => id));
}

export interface MigrateInput extends Database {
  report: (line: string) => void;
  clock?: () => Date;
  migrations?: readonly Migration[];
}

/**
 * Brings the database to this version. One runner at a time: another waits for it and then finds nothing to do.
 * @returns the ids of what was carried out here
 * @throws when another runner is at work for longer than ten minutes, or takes over because this one stood still
 */
export async function migrate(input: MigrateInput): Promise<string[]> {
  const { report, clock = () => new Date(), migrations = MIGRATIONS } = input;
  const connection = await connect(input, WITHOUT_END);
  try {
    if ((await missingIn(connection, migrations)).length === 0) return [];
    await createCollection(connection, COLLECTION);
    const lock = await lockFor(connection, report);
    try {
      const done: string[] = [];
      for (const migration of await missingIn(connection, migrations)) {
        await lock.renew();
        report(`Migrating the database: ${migration.id}`);
        await migration.run(connection, clock);
        await lock.renew();
        await rowsOf(connection).insertOne({ _id: migration.id, at: clock() });
        done.push(migration.id);
      }
      return done;
    } finally {
      await lock.release();
    }
  } finally {
    await connection.close();
  }
}

const rowsOf = (connection: Connection) => connection.collection<Row>(COLLECTION);

async function missingIn(connection: Connection, migrations: readonly Migration[]): Promise<Migration[]> {
  const rows = await rowsOf(connection).find().toArray();
  const done = new Set(rows.map(({ _id }) => _id));
  return migrations.filter(({ id }) => !done.has(id));
}

interface Lock {
  /** @throws where somebody else has taken it. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock, or waits until it is free or its holder has crashed. */
async function lockFor(connection: Connection, report: (line: string) => void): Promise<Lock> {
  const rows = rowsOf(connection);
  const owner = randomUUID();
  const until = () => new Date(Date.now() + LEASE);

  async function take(): Promise<boolean> {
    try {
      await rows.insertOne({ _id: LOCK, owner, until: until() });
      return true;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const abandoned = { _id: LOCK, until: { $lt: new Date() } };
    return (await rows.updateOne(abandoned, { $set: { owner, until: until() } })).matchedCount === 1;
  }

  async function renew(): Promise<void> {
    const { matchedCount } = await rows.updateOne({ _id: LOCK, owner }, { $set: { until: until() } });
    if (matchedCount === 0) throw new Error('Another runner has taken over the migration');
  }

  const deadline = Date.now() + WAITS_FOR;
  for (let tries = 0; !(await take()); tries++) {
    if (tries === 0) report('Another runner is migrating the database: waiting for it');
    if (Date.now() > deadline) throw new Error('Another runner is still migrating the database');
    await delay(ASK_AGAIN_AFTER);
  }
  // A long migration outlasts the lease; a failed renewal is noticed by the next one that is awaited.
  const renewing = setInterval(() => void renew().catch(() => {}), LEASE / 3);
  return {
    renew,
    async release() {
      clearInterval(renewing);
      await rows.deleteOne({ _id: LOCK, owner });
    },
  };
}
