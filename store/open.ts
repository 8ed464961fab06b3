import mongoose from 'mongoose';
import { createApiKeys } from './api-keys.js';
import { createAudit } from './audit.js';
import { createBatches } from './batches.js';
import { createConversations } from './conversations.js';
import { createIdempotency } from './idempotency.js';
import { createLimits, type LimitSizes } from './limits.js';
import { createMessages } from './messages.js';
import { type StoreObserver, UNOBSERVED } from './observer.js';
import { createOnboardings } from './onboardings.js';
import type { Policy } from './policy.js';
import { refuseNullish } from './refuse-nullish.js';
import { createSessions } from './sessions.js';
import { createTeams } from './teams.js';

export type Store = Awaited<ReturnType<typeof openStore>>;

/**
 * Connects and makes sure that every collection and index exists, one after another and before any traffic.
 * @throws when the database does not answer within `patience` milliseconds.
 */
export async function openStore(input: {
  uri: string;
  policy: Policy;
  limits?: LimitSizes;
  /** How long an operation may wait for a database that is away, before it fails. */
  patience?: number;
  /** Is told of what is written. */
  observer?: StoreObserver;
}) {
  const { uri, policy, limits: sizes, patience = 5_000, observer = UNOBSERVED } = input;
  const connection = await mongoose
    .createConnection(uri, {
      autoIndex: false,
      autoCreate: false,
      sanitizeFilter: true,
      serverSelectionTimeoutMS: patience,
      socketTimeoutMS: 10_000,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
    })
    .asPromise();

  connection.plugin(refuseNullish);

  const store = {
    onboardings: createOnboardings(connection, policy, observer),
    sessions: createSessions(connection, policy),
    messages: createMessages(connection, observer),
    audit: createAudit(connection),
    teams: createTeams(connection),
    apiKeys: createApiKeys(connection),
    conversations: createConversations(connection),
    batches: createBatches(connection),
    idempotency: createIdempotency(connection),
    limits: createLimits(connection, sizes, observer),
    /** @throws when the database does not answer. */
    ping: async () => {
      await connection.db?.admin().ping();
    },
    /** Time of the database's clock minus ours, in milliseconds; undefined where the server does not tell. */
    clockSkew: async (now: Date): Promise<number | undefined> => {
      const { localTime } = (await connection.db?.admin().command({ hello: 1 })) ?? {};
      return localTime instanceof Date ? localTime.getTime() - now.getTime() : undefined;
    },
    close: () => connection.close(),
  };

  for (const model of Object.values(connection.models)) {
    await unlessExists(model.createCollection());
    for (const [fields, options] of model.schema.indexes()) {
      await model.collection.createIndex(
        fields as Record<string, 1 | -1>,
        options as Record<string, unknown>,
      );
    }
  }
  await store.limits.createIndexes();
  return store;
}

/** 48 NamespaceExists: another process was first. */
async function unlessExists(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 48)) throw error;
  });
}
