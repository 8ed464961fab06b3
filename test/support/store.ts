import { randomUUID } from 'node:crypto';
import { migrate } from '../../store/migrate.js';
import { openStore, type Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { sharedMongodb } from './shared-services.js';

/** Address of a database of its own, with nothing in it. */
export async function freshDatabase(): Promise<string> {
  const { uri } = await sharedMongodb();
  return uri.replace('/onboarding?', `/test-${randomUUID()}?`);
}

/** A store on a database of its own. */
export async function freshStore(): Promise<Store> {
  const uri = await freshDatabase();
  await migrate({ uri, report: () => {} });
  return openStore({ uri, policy });
}
