import { randomBytes } from 'node:crypto';
import { type Connection, Schema, trusted } from 'mongoose';
import type { Onboarding } from './facts.js';
import type { Policy } from './policy.js';
import { sha256 } from './secrets.js';
import { later } from './steps.js';

/** `password`: one factor, opens only what leads to the second (the enrolment session). `full`: both. */
export type SessionLevel = 'password' | 'full';

export interface Session {
  /** SHA-256 of the token in the cookie: a dump of the database opens no session. */
  _id: string;
  onboardingId: string;
  level: SessionLevel;
  createdAt: Date;
  lastSeenAt: Date;
  /** When real MongoDB deletes it; the answer to "is it valid" never waits for that. */
  expiresAt: Date;
  /** The session of one factor that this one of two grew out of; it ends with this one at the latest. */
  replaces?: string;
  /** The account's generation when it was opened; absent: the first. */
  generation?: number;
}

/**
 * Another password, app or list of recovery codes, a suspension or a correction by staff has ended it, by the write that decided it: also where a crash, or a
 * sign-in of the same moment, left its record. Without an account nobody is signed in.
 */
export const isOutlived = ({ _id, generation = 0 }: Session, { account }: Onboarding): boolean =>
  !account || (generation !== (account.generation ?? 0) && account.keptSession !== _id);

const schema = new Schema<Session>(
  {
    _id: { type: String, required: true },
    onboardingId: { type: String, required: true },
    level: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    replaces: String,
    generation: Number,
  },
  { collection: 'sessions', versionKey: false },
);

/** Writing the time of every request would cost more than it tells. */
const TOUCH_EVERY = 60_000;

const RETIRES_AFTER = 60_000;

/** A token of 256 random bits for a browser that has none yet. */
export const newSessionToken = (): string => randomBytes(32).toString('base64url');

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(connection: Connection, policy: Policy) {
  const model = connection.model('Session', schema);

  /** The session of a token, or why there is none, without using it. */
  async function peek(token: string, at: Date): Promise<Session | 'timed-out' | undefined> {
    const session = await model.findById(sha256(token)).lean<Session>().exec();
    if (!session) return undefined;
    const idle = at.getTime() - session.lastSeenAt.getTime();
    return idle > policy.sessionIdle || at > session.expiresAt ? 'timed-out' : session;
  }

  return {
    /** Opens a session for a token; opening the same one twice is one session. */
    async open(input: {
      token: string;
      onboardingId: string;
      level: SessionLevel;
      at: Date;
      replaces?: string;
      generation?: number | undefined;
    }): Promise<Session> {
      const { token, onboardingId, level, at, replaces, generation } = input;
      const id = sha256(token);
      const session = await model
        .findOneAndUpdate(
          { _id: id },
          {
            $setOnInsert: {
              onboardingId,
              level,
              createdAt: at,
              lastSeenAt: at,
              expiresAt: later(at, policy.sessionAbsolute),
              ...(replaces && { replaces }),
              ...(generation && { generation }),
            },
          },
          { upsert: true, returnDocument: 'after' },
        )
        .lean<Session>()
        .exec();
      if (!session) throw new Error('The session could not be stored');
      return session;
    },

    peek,

    /** The session of a token, or why there is none; touches it when it was last seen a while ago. */
    async look(token: string, at: Date): Promise<Session | 'timed-out' | undefined> {
      const session = await peek(token, at);
      if (!session || session === 'timed-out') return session;
      if (at.getTime() - session.lastSeenAt.getTime() <= TOUCH_EVERY) return session;
      await model.updateOne({ _id: session._id }, { $set: { lastSeenAt: at } });
      return { ...session, lastSeenAt: at };
    },

    /** Lets a session that another has taken over run out soon, so that a second click in the same moment still finds it. */
    retire: (id: string, at: Date) =>
      model.updateOne({ _id: id }, { $set: { expiresAt: later(at, RETIRES_AFTER) } }).exec(),
    close: (token: string) => model.deleteOne({ _id: sha256(token) }).exec(),
    closeById: (id: string) => model.deleteOne({ _id: id }).exec(),
    /** Ends every session of a person but, where given, one. */
    closeAllOf: (onboardingId: string, exceptId?: string) =>
      model.deleteMany({ onboardingId, ...(exceptId && { _id: trusted({ $ne: exceptId }) }) }).exec(),
    /** @returns how many there were. */
    async deleteExpired(at: Date): Promise<number> {
      const { deletedCount } = await model.deleteMany({ expiresAt: trusted({ $lt: at }) });
      return deletedCount;
    },
    countOf: (onboardingId: string) => model.countDocuments({ onboardingId }).exec(),
  };
}
