import type { World } from '../support/world.js';

/** Every document of every collection, as whoever stole a backup would read it. */
export async function dumpOf(world: World): Promise<Record<string, Record<string, unknown>[]>> {
  const { db } = world.store.onboardings.model.db;
  if (!db) throw new Error('The database is not connected');
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const dump: Record<string, Record<string, unknown>[]> = {};
  for (const name of names) dump[name] = await db.collection(name).find().sort({ _id: 1 }).toArray();
  return dump;
}
