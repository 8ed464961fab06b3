import { type Connection, Schema, trusted } from 'mongoose';

/** What a person and support write to each other: one conversation a person, erased with them. */
export interface Conversation {
  /** The onboarding's id. */
  _id: string;
  /** Oldest first; the oldest go when there are too many. */
  messages: ChatMessage[];
  /** Written since the other side last looked. */
  unreadBySupport: number;
  unreadByPerson: number;
  updatedAt: Date;
}

export interface ChatMessage {
  from: 'person' | 'support';
  text: string;
  at: Date;
}

const MESSAGES_KEPT = 200;

const schema = new Schema<Conversation>(
  {
    _id: { type: String, required: true },
    messages: [{ _id: false, from: String, text: String, at: Date }],
    unreadBySupport: { type: Number, required: true },
    unreadByPerson: { type: Number, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'conversations', versionKey: false },
);
schema.index({ unreadBySupport: 1, updatedAt: 1 });

export function createConversations(connection: Connection) {
  const model = connection.model('Conversation', schema);
  const unreadOf = { person: 'unreadByPerson', support: 'unreadBySupport' } as const;

  return {
    find: (onboardingId: string) => model.findById(onboardingId).lean<Conversation>().exec(),

    async say(onboardingId: string, message: ChatMessage): Promise<void> {
      const [reader, writer] =
        message.from === 'person' ? (['support', 'person'] as const) : (['person', 'support'] as const);
      await model.updateOne(
        { _id: onboardingId },
        {
          $push: { messages: { $each: [message], $slice: -MESSAGES_KEPT } },
          $inc: { [unreadOf[reader]]: 1 },
          // Whoever writes has read what came before.
          $set: { [unreadOf[writer]]: 0, updatedAt: message.at },
        },
        { upsert: true, setDefaultsOnInsert: false },
      );
    },

    /** Conversations with something that support has not seen, the longest waiting first. */
    waiting: (limit: number) =>
      model
        .find({ unreadBySupport: trusted({ $gt: 0 }) })
        .sort({ updatedAt: 1 })
        .limit(limit)
        .lean<Conversation[]>()
        .exec(),

    erase: (onboardingId: string) => model.deleteOne({ _id: onboardingId }).exec(),
  };
}
