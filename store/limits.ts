import type { Connection } from 'mongoose';
import { RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';
import { type StoreObserver, UNOBSERVED } from './observer.js';
import { sha256 } from './secrets.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How many in how many seconds. Kept in the database, so that all api processes count together. */
const LIMITS = {
  /** Password attempts for one address, known or not (ASVS 6.3.1). */
  'sign-in-email': { points: 10, duration: 15 * MINUTE },
  /** Password attempts from one network address (of IPv6 its network): room for a whole hospital behind one. */
  'sign-in-address': { points: 300, duration: 15 * MINUTE },
  /** The password once more, by whoever is signed in. */
  'own-password': { points: 10, duration: 15 * MINUTE },
  /**
   * Links for a new password to one address, known or not, by one network, by one site (of IPv6 65,536 networks), in total. The
   * total keeps nobody out whom a site or two would like kept out; there is an alert on it.
   */
  'reset-email': { points: 5, duration: HOUR },
  'reset-address': { points: 100, duration: HOUR },
  'reset-site': { points: 300, duration: HOUR },
  'reset-total': { points: 20_000, duration: HOUR },
  /** Texts to one person, one number, one run of numbers (all but the last three digits), to one country, in total. */
  'text-person': { points: 10, duration: DAY },
  'text-number': { points: 6, duration: HOUR },
  'text-prefix': { points: 40, duration: HOUR },
  /** Texts to one range (all but the last six digits) whose code nobody entered: a code that is confirmed gives its text back. */
  'text-unconfirmed': { points: 60, duration: DAY },
  /** To numbers that people type at one network: a whole hospital may enrol behind it. Signing in there counts against nothing. */
  'text-address': { points: 1_000, duration: HOUR },
  'text-country': { points: 2_000, duration: DAY },
  'text-total': { points: 5_000, duration: DAY },
  /** Invitations by one caller. */
  'invite-caller': { points: 5_000, duration: HOUR },
  /** Colleagues that one clinician invites. */
  'invite-colleague': { points: 20, duration: DAY },
  /** Rows of batches that one caller hands in, dry runs included. */
  'batch-rows': { points: 30_000, duration: HOUR },
  /** Messages to support by one person. */
  'chat-person': { points: 60, duration: HOUR },
  /** Reading and acting through the API with one key. */
  'api-caller': { points: 1_200, duration: MINUTE },
  /** Asking for a link to be mailed again. */
  'mail-person': { points: 10, duration: DAY },
} as const;

export type LimitName = keyof typeof LIMITS;
export const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];
export type LimitSizes = Partial<Record<LimitName, { points: number; duration: number }>>;

export type Allowance = { allowed: true } | { allowed: false; limit: LimitName; retryAfterSeconds: number };

const COLLECTION = 'limits';

export type Limits = ReturnType<typeof createLimits>;

export function createLimits(
  connection: Connection,
  sizes: LimitSizes = {},
  observer: StoreObserver = UNOBSERVED,
) {
  const limiters = new Map<LimitName, RateLimiterMongo>();
  const limiter = (name: LimitName) => {
    const known = limiters.get(name);
    if (known) return known;
    const made = new RateLimiterMongo({
      storeClient: connection.getClient(),
      dbName: connection.name,
      tableName: COLLECTION,
      keyPrefix: name,
      // They are made by `migrations/`.
      disableIndexesCreation: true,
      ...(sizes[name] ?? LIMITS[name]),
    });
    limiters.set(name, made);
    return made;
  };

  return {
    /** Takes one, or `points`, from each; the first that is used up refuses. Keys are hashed: no address or number stands in the collection. */
    async take(keys: Partial<Record<LimitName, string>>, points = 1): Promise<Allowance> {
      for (const [name, key] of Object.entries(keys) as [LimitName, string][]) {
        try {
          await limiter(name).consume(sha256(key), points);
        } catch (reason) {
          if (!(reason instanceof RateLimiterRes)) throw reason;
          observer.limited(name);
          return { allowed: false, limit: name, retryAfterSeconds: Math.ceil(reason.msBeforeNext / 1000) };
        }
      }
      return { allowed: true };
    },

    /** Gives one back, for what turned out well. */
    async giveBack(name: LimitName, key: string): Promise<void> {
      await limiter(name).reward(sha256(key));
    },

    /** Forgets how often something was done. */
    async forget(keys: Partial<Record<LimitName, string>>): Promise<void> {
      for (const [name, key] of Object.entries(keys) as [LimitName, string][]) {
        await limiter(name).delete(sha256(key));
      }
    },

    /** @returns how many there were. */
    async deleteExpired(at: Date): Promise<number> {
      const { deletedCount } = await connection.collection(COLLECTION).deleteMany({ expire: { $lt: at } });
      return deletedCount;
    },
  };
}
