import { type Connection, Schema, trusted } from 'mongoose';
import type { ChatSide, Onboarding } from './facts.js';
import type { Session } from './sessions.js';

/** What a person and support write to each other: one conversation a person, erased with them. */
export interface Conversation {
  /** The onboarding's id. */
  _id: string;
  /** Oldest first; the oldest go when there are too many. */
  messages: ChatMessage[];
  /** Written since the other side last answered (support) or looked (the person). */
  unreadBySupport: number;
  unreadByPerson: number;
  /** When the oldest of these was written. */
  supportOwesSince?: Date;
  personOwesSince?: Date;
  /** It has been seen to that a mail goes out about them. */
  supportMailed?: true;
  personMailed?: true;
  /** When something was last written: names what a page has shown. */
  updatedAt: Date;
}

export interface ChatMessage {
  from: ChatSide;
  text: string;
  at: Date;
  /** Written by whoever had the password of an account with a second factor, and not that. */
  passwordOnly?: true;
}

const MESSAGES_KEPT = 200;

const FIELDS = {
  person: { unread: 'unreadByPerson', since: 'personOwesSince', mailed: 'personMailed' },
  support: { unread: 'unreadBySupport', since: 'supportOwesSince', mailed: 'supportMailed' },
} as const;

/** Since when a side has not read, or not answered, what was written to it. */
export const waitsSince = (conversation: Conversation, reader: ChatSide): Date | undefined =>
  conversation[FIELDS[reader].since];

/** Who has been in has a second factor, or had one: a session without it may be a stranger's who found the password. */
export const lacksSecondFactor = (
  { activatedAt }: Pick<Onboarding, 'activatedAt'>,
  { level }: Pick<Session, 'level'>,
): boolean => activatedAt !== undefined && level === 'password';

/**
 * What somebody reads of their conversation in a session. What was written with an account that is void now is not theirs;
 * where the second factor is lacking, no more than what was written without it, and answered, since they came.
 */
export function readableBy(
  conversation: Conversation | null,
  onboarding: Pick<Onboarding, 'voided' | 'activatedAt'>,
  session: Pick<Session, 'level' | 'createdAt'>,
): ChatMessage[] {
  const { voided } = onboarding;
  const alone = lacksSecondFactor(onboarding, session);
  const isReadable = ({ from, at, passwordOnly }: ChatMessage) =>
    (!voided || at > voided.at) &&
    (!alone || (at >= session.createdAt && (from === 'support' || passwordOnly === true)));
  return (conversation?.messages ?? []).filter(isReadable);
}

const schema = new Schema<Conversation>(
  {
    _id: { type: String, required: true },
    messages: [{ _id: false, from: String, text: String, at: Date, passwordOnly: Boolean }],
    unreadBySupport: { type: Number, required: true },
    unreadByPerson: { type: Number, required: true },
    supportOwesSince: Date,
    personOwesSince: Date,
    supportMailed: Boolean,
    personMailed: Boolean,
    updatedAt: { type: Date, required: true },
  },
  { collection: 'conversations', versionKey: false },
);

export type Conversations = ReturnType<typeof createConversations>;

export function createConversations(connection: Connection) {
  const model = connection.model('Conversation', schema);
  const unanswered = { unreadBySupport: trusted({ $gt: 0 }) };

  return {
    find: (onboardingId: string) => model.findById(onboardingId).lean<Conversation>().exec(),

    async say(onboardingId: string, message: ChatMessage): Promise<void> {
      const [reader, writer] =
        message.from === 'person'
          ? ([FIELDS.support, FIELDS.person] as const)
          : [FIELDS.person, FIELDS.support];
      await model.updateOne(
        { _id: onboardingId },
        {
          $push: { messages: { $each: [message], $slice: -MESSAGES_KEPT } },
          $inc: { [reader.unread]: 1 },
          // A stretch begins with its first message; those that follow leave it as it is.
          $min: { [reader.since]: message.at },
          // Whoever writes has read what came before, if it was shown to them.
          ...(message.passwordOnly
            ? { $set: { updatedAt: message.at }, $setOnInsert: { [writer.unread]: 0 } }
            : {
                $set: { [writer.unread]: 0, updatedAt: message.at },
                $unset: { [writer.since]: 1, [writer.mailed]: 1 },
              }),
        },
        { upsert: true, setDefaultsOnInsert: false },
      );
    },

    /** A side has seen everything up to what was written at `seen`; where more has been written since, nothing changes. */
    async markRead(onboardingId: string, reader: ChatSide, seen: Date): Promise<void> {
      const { unread, since, mailed } = FIELDS[reader];
      await model.updateOne(
        { _id: onboardingId, updatedAt: seen },
        { $set: { [unread]: 0 }, $unset: { [since]: 1, [mailed]: 1 } },
      );
    },

    /** How many answers a person has not seen. */
    async unreadByPerson(onboardingId: string): Promise<number> {
      const found = await model
        .findById(onboardingId, { unreadByPerson: 1 })
        .lean<Pick<Conversation, 'unreadByPerson'>>()
        .exec();
      return found?.unreadByPerson ?? 0;
    },

    /** Conversations that support has not answered, the longest waiting first. */
    waiting: (limit: number) =>
      model.find(unanswered).sort({ supportOwesSince: 1 }).limit(limit).lean<Conversation[]>().exec(),

    countWaiting: () => model.countDocuments(unanswered).exec(),

    /** Conversations whose reader has not read something written by `before`, and that no mail is on its way about, oldest first. */
    unread: (reader: ChatSide, before: Date, limit: number) =>
      model
        .find({
          [FIELDS[reader].since]: trusted({ $lte: before }),
          [FIELDS[reader].mailed]: trusted({ $exists: false }),
        })
        .sort({ [FIELDS[reader].since]: 1 })
        .limit(limit)
        .lean<Conversation[]>()
        .exec(),

    /** The sweeper need not come back to this stretch; one that has begun since stays. */
    markMailed: (onboardingId: string, reader: ChatSide, since: Date) =>
      model
        .updateOne(
          { _id: onboardingId, [FIELDS[reader].since]: since },
          { $set: { [FIELDS[reader].mailed]: true } },
        )
        .exec(),

    erase: (onboardingId: string) => model.deleteOne({ _id: onboardingId }).exec(),

    /** Those with no message since. @returns how many there were. */
    async deleteBefore(before: Date): Promise<number> {
      const { deletedCount } = await model.deleteMany({ updatedAt: trusted({ $lt: before }) });
      return deletedCount;
    },
  };
}
