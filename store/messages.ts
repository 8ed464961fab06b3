import { type Connection, Schema, trusted } from 'mongoose';
import { type StoreObserver, UNOBSERVED } from './observer.js';

/** States only move forward; a report that comes late or twice changes nothing. */
const RANK = { queued: 0, accepted: 1, sent: 2, delivered: 3, failed: 3 } as const;
export type MessageState = keyof typeof RANK;

/** One mail or text: what was sent about what, and how far it got. No address, number or wording. */
export interface Message {
  /** `<kind>.<link or challenge id>`: a retry finds the same record, and the mail the same Message-ID. */
  _id: string;
  onboardingId: string;
  channel: 'mail' | 'text';
  kind: string;
  /** Id of the link or challenge that it carries. */
  about: string;
  state: MessageState;
  rank: number;
  attempts: number;
  createdAt: Date;
  /** When its sending was asked for on a page, where it was. */
  askedAt?: Date;
  acceptedAt?: Date;
  /** Plivo's message uuid. */
  providerId?: string;
  /** Code of the last failure, by our words or the provider's number. */
  failure?: string;
}

const schema = new Schema<Message>(
  {
    _id: { type: String, required: true },
    onboardingId: { type: String, required: true },
    channel: { type: String, required: true },
    kind: { type: String, required: true },
    about: { type: String, required: true },
    state: { type: String, required: true },
    rank: { type: Number, required: true },
    attempts: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    askedAt: Date,
    acceptedAt: Date,
    providerId: String,
    failure: String,
  },
  { collection: 'messages', versionKey: false },
);

export type Messages = ReturnType<typeof createMessages>;

export function createMessages(connection: Connection, observer: StoreObserver = UNOBSERVED) {
  const model = connection.model('Message', schema);

  return {
    find: (id: string) => model.findById(id).lean<Message>().exec(),
    of: (onboardingId: string) =>
      model.find({ onboardingId }).sort({ createdAt: -1 }).lean<Message[]>().exec(),

    /** Notes that an attempt begins; @returns the record, so that an accepted message is not sent again. */
    async begin(
      input: Pick<Message, '_id' | 'onboardingId' | 'channel' | 'kind' | 'about' | 'askedAt'>,
      at: Date,
    ): Promise<Message> {
      const { _id, ...rest } = input;
      const message = await model
        .findOneAndUpdate(
          { _id },
          { $setOnInsert: { ...rest, state: 'queued', rank: 0, createdAt: at }, $inc: { attempts: 1 } },
          { upsert: true, returnDocument: 'after' },
        )
        .lean<Message>()
        .exec();
      if (!message) throw new Error('The message could not be noted');
      observer.tried(message);
      return message;
    },

    /** @returns false where the message is unknown or already as far. */
    async advance(
      id: string,
      state: MessageState,
      more: Partial<Pick<Message, 'acceptedAt' | 'providerId' | 'failure'>> = {},
    ): Promise<boolean> {
      const before = await model
        .findOneAndUpdate(
          { _id: id, rank: trusted({ $lt: RANK[state] }) },
          { $set: { ...more, state, rank: RANK[state] } },
          { returnDocument: 'before' },
        )
        .lean<Message>()
        .exec();
      if (!before) return false;
      observer.moved({ ...before, ...more, state }, before.state);
      return true;
    },

    eraseOf: (onboardingId: string) => model.deleteMany({ onboardingId }).exec(),

    /** @returns how many there were. */
    async deleteBefore(before: Date): Promise<number> {
      const { deletedCount } = await model.deleteMany({ createdAt: trusted({ $lt: before }) });
      return deletedCount;
    },

    /** Keeps the reason of the last failed attempt; the message stays queued. */
    noteFailure: (id: string, failure: string) => model.updateOne({ _id: id }, { $set: { failure } }).exec(),
  };
}
