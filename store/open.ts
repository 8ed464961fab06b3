import { createApiKeys } from './api-keys.js';
import { createAudit } from './audit.js';
import { createBatches } from './batches.js';
import { connect, type Database } from './connect.js';
import { createConversations } from './conversations.js';
import { createErasure } from './erasure.js';
import { createIdempotency } from './idempotency.js';
import { createLimits, type LimitSizes } from './limits.js';
import { createMessages } from './messages.js';
import { assertMigrated } from './migrate.js';
import { type StoreObserver, UNOBSERVED } from './observer.js';
import { createOnboardings } from './onboardings.js';
import type { Policy } from './policy.js';
import { refuseNullish } from './refuse-nullish.js';
import { createSessions } from './sessions.js';
import { createTeams } from './teams.js';

export type Store = Awaited<ReturnType<typeof openStore>>;

/**
 * Connects to a database that has every collection and index that the code rests on.
 * @throws DatabaseBehindError, or when the database does not answer within `patience` milliseconds.
 */
export async function openStore(
  input: Database & {
    policy: Policy;
    limits?: LimitSizes;
    /** Is told of what is written. */
    observer?: StoreObserver;
  },
) {
  const { policy, limits: sizes, observer = UNOBSERVED } = input;
  const connection = await connect(input);
  await assertMigrated(connection).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });

  connection.plugin(refuseNullish);

  const parts = {
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
  };
  return {
    ...parts,
    erasure: createErasure(parts, policy),
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
}
