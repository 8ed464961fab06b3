import mongoose, { type Connection } from 'mongoose';

export interface Database {
  uri: string;
  /** How long an operation may wait for a database that is away, before it fails. */
  patience?: number;
}

/** Longer than any step takes; building an index takes as long as there are documents. */
const ANSWERED_WITHIN = 10_000;
export const WITHOUT_END = 0;

/** @throws when the database does not answer within `patience` milliseconds. */
export function connect(
  { uri, patience = 5_000 }: Database,
  answeredWithin = ANSWERED_WITHIN,
): Promise<Connection> {
  return mongoose
    .createConnection(uri, {
      autoIndex: false,
      autoCreate: false,
      sanitizeFilter: true,
      serverSelectionTimeoutMS: patience,
      // Unless told, the driver waits half a minute for a connection that a dead network never finishes: longer than any answer may take.
      connectTimeoutMS: 5_000,
      socketTimeoutMS: answeredWithin,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
    })
    .asPromise();
}
