import type { Connection } from 'mongoose';

/** Makes a collection where there is none. 48 NamespaceExists: somebody was first. */
export async function createCollection(connection: Connection, name: string): Promise<void> {
  await connection.createCollection(name).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 48)) throw error;
  });
}
