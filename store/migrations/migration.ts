import type { Connection } from 'mongoose';

/**
 * One change of the database: collections, indexes or data. It may run twice (a crash comes before its record), on data of
 * any size, and beside the version before it, which may still be serving. Once released it is not edited.
 */
export interface Migration {
  /** `NNN-name`: its place in the order, and its record. */
  id: string;
  run(connection: Connection, clock: () => Date): Promise<void>;
}
