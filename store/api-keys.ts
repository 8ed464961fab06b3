import { randomBytes } from 'node:crypto';
import { type Connection, Schema, trusted } from 'mongoose';
import { sha256 } from './secrets.js';

/** A team lead's key for the REST API. The key itself is shown once and never stored. */
export interface ApiKey {
  _id: string;
  hash: string;
  teamId: string;
  /** What it is for, as its owner calls it. */
  label?: string;
  /** The team lead who made it; absent: it was made at the terminal. */
  ownerId?: string;
  /** Who invites, as mails and pages name it. */
  ownerName: string;
  /** Where news of the invitations go; absent: nobody is told. */
  ownerEmail?: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt?: Date;
  lastUsedAt?: Date;
}

const schema = new Schema<ApiKey>(
  {
    _id: { type: String, required: true },
    hash: { type: String, required: true },
    teamId: { type: String, required: true },
    label: String,
    ownerId: String,
    ownerName: { type: String, default: '' },
    ownerEmail: String,
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    revokedAt: Date,
    lastUsedAt: Date,
  },
  { collection: 'apiKeys', versionKey: false },
);

/** A write at each call would make every call of a caller wait for the one before. */
const NOTED_EVERY = 60_000;

/** 256 random bits. */
export const newApiKey = (): string => `key_${randomBytes(32).toString('base64url')}`;

export type ApiKeys = ReturnType<typeof createApiKeys>;

export function createApiKeys(connection: Connection) {
  const model = connection.model('ApiKey', schema);
  return {
    find: (id: string) => model.findById(id).lean<ApiKey>().exec(),
    /** The key's record while it is valid; notes its last use, to the minute. */
    async findValid(key: string, at: Date): Promise<ApiKey | null> {
      const record = await model
        .findOne({
          hash: sha256(key),
          revokedAt: trusted({ $exists: false }),
          expiresAt: trusted({ $gt: at }),
        })
        .lean<ApiKey>()
        .exec();
      if (record && at.getTime() - (record.lastUsedAt?.getTime() ?? 0) > NOTED_EVERY) {
        await model.updateOne({ _id: record._id }, { $set: { lastUsedAt: at } });
      }
      return record;
    },
    ensure: ({ key, _id, ...rest }: Omit<ApiKey, 'hash'> & { key: string }) =>
      model.updateOne({ _id }, { $set: { ...rest, hash: sha256(key) } }, { upsert: true }).exec(),
    ofTeam: (teamId: string, limit: number) =>
      model.find({ teamId }).sort({ createdAt: -1 }).limit(limit).lean<ApiKey[]>().exec(),
    all: () => model.find().sort({ createdAt: -1 }).lean<ApiKey[]>().exec(),
    /** The first time counts. */
    revoke: (id: string, at: Date) =>
      model
        .updateOne({ _id: id, revokedAt: trusted({ $exists: false }) }, { $set: { revokedAt: at } })
        .exec(),
    /** Who is suspended or erased has no keys any more. */
    revokeAllOf: (ownerId: string, at: Date) =>
      model
        .updateMany({ ownerId, revokedAt: trusted({ $exists: false }) }, { $set: { revokedAt: at } })
        .exec(),
    /** Made by this person. */
    madeBy: (ownerId: string) => model.find({ ownerId }).lean<ApiKey[]>().exec(),
    /** Made at the terminal for whoever has this address: nobody there knew of an onboarding. */
    madeFor: (ownerEmail: string) =>
      model
        .find({ ownerEmail, ownerId: trusted({ $exists: false }) })
        .lean<ApiKey[]>()
        .exec(),
    erase: (id: string) => model.deleteOne({ _id: id }).exec(),
    /** The key works on, in the team's name. */
    forgetOwner: (id: string, teamName: string) =>
      model.updateOne({ _id: id }, { $set: { ownerName: teamName }, $unset: { ownerEmail: 1 } }).exec(),
    /** Revoked or expired before then. */
    endedBefore(before: Date): Promise<ApiKey[]> {
      const ended = trusted({ $lt: before });
      return model
        .find({ $or: [{ revokedAt: ended }, { expiresAt: ended }] })
        .lean<ApiKey[]>()
        .exec();
    },
  };
}
