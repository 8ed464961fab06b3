import { type Connection, Schema, trusted } from 'mongoose';
import { sha256 } from './secrets.js';

/** A team lead's key for the REST API. The key itself is shown once and never stored. */
export interface ApiKey {
  _id: string;
  hash: string;
  teamId: string;
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
    ownerName: { type: String, required: true },
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
    all: () => model.find().sort({ createdAt: -1 }).lean<ApiKey[]>().exec(),
    /** Whose owner has this address. */
    ownedBy: (email: string) => model.find({ ownerEmail: email }).lean<ApiKey[]>().exec(),
    erase: (id: string) => model.deleteOne({ _id: id }).exec(),
    /** Revoked or expired before then. @returns how many there were. */
    async deleteEndedBefore(before: Date): Promise<number> {
      const ended = trusted({ $lt: before });
      const { deletedCount } = await model.deleteMany({ $or: [{ revokedAt: ended }, { expiresAt: ended }] });
      return deletedCount;
    },
    revoke: (id: string, at: Date) => model.updateOne({ _id: id }, { $set: { revokedAt: at } }).exec(),
  };
}
