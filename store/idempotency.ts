import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { type Connection, Schema, trusted } from 'mongoose';
import { isDuplicate } from './duplicate.js';

/**
 * The first answer to a request that carried an Idempotency-Key. Everything in it is derived from that key, which only the
 * caller has: it tells nothing to whoever reads the database, and an erased person leaves nothing readable here.
 */
interface FirstAnswer {
  /** MAC of the caller under the key. */
  _id: string;
  /** MAC of the request under the key. */
  request: string;
  /** When it was received by whoever carries it out. */
  startedAt: Date;
  /** When it was received by those who crashed over it, the first one first. */
  crashedAt?: Date[];
  expiresAt: Date;
  /** Absent while the request is being carried out. */
  answer?: string;
}

const schema = new Schema<FirstAnswer>(
  {
    _id: { type: String, required: true },
    request: { type: String, required: true },
    startedAt: { type: Date, required: true },
    crashedAt: { type: [Date], default: undefined },
    expiresAt: { type: Date, required: true },
    answer: String,
  },
  { collection: 'firstAnswers', versionKey: false },
);

const KEPT_FOR = 24 * 3_600_000;
/** Longer than any request lives: whoever has not answered by then has crashed. */
const GIVEN_UP_AFTER = 30_000;

export interface IdempotentCall {
  /** Whose key it is: two callers may choose the same. */
  caller: string;
  key: string;
  /** What is asked for, in one canonical form. */
  request: string;
}

export type Claim =
  /** Carry it out. `crashedAt`: others began to, received it at these times and never answered; it may have been done. */
  | { is: 'ours'; crashedAt?: readonly Date[] }
  | { is: 'being-carried-out' }
  | { is: 'answered'; answer: string }
  | { is: 'another-request' };

export type Idempotency = ReturnType<typeof createIdempotency>;

export function createIdempotency(connection: Connection) {
  const model = connection.model('FirstAnswer', schema);

  async function insert(record: FirstAnswer): Promise<boolean> {
    try {
      await model.insertOne(record);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** Of any number of rivals one takes over from whoever has crashed. */
  async function takeOver({ _id, startedAt, crashedAt = [] }: FirstAnswer, at: Date): Promise<Claim> {
    const nobody: Claim = { is: 'being-carried-out' };
    if (at.getTime() - startedAt.getTime() < GIVEN_UP_AFTER) return nobody;
    const { matchedCount } = await model.updateOne(
      { _id, startedAt, answer: trusted({ $exists: false }) },
      { $set: { startedAt: at }, $push: { crashedAt: startedAt } },
    );
    return matchedCount === 1 ? { is: 'ours', crashedAt: [...crashedAt, startedAt] } : nobody;
  }

  return {
    /**
     * One unique insert decides who carries it out.
     * @param at when it was received: what is carried out bears that time, so that `crashedAt` tells it from what others did
     */
    async claim(call: IdempotentCall, at: Date): Promise<Claim> {
      const { id: _id, request } = macsOf(call);
      const expiresAt = new Date(at.getTime() + KEPT_FOR);
      if (await insert({ _id, request, startedAt: at, expiresAt })) return { is: 'ours' };
      const first = await model.findById(_id).lean<FirstAnswer>().exec();
      if (!first) return this.claim(call, at);
      if (first.expiresAt <= at) {
        // MongoDB deletes by age in its own time, the local stand-in never: an old record counts no longer.
        await model.deleteOne({ _id, expiresAt: trusted({ $lte: at }) });
        return this.claim(call, at);
      }
      if (first.request !== request) return { is: 'another-request' };
      if (first.answer !== undefined) return { is: 'answered', answer: unseal(call, first.answer) };
      return takeOver(first, at);
    },

    keep: (call: IdempotentCall, startedAt: Date, answer: string) =>
      model.updateOne({ _id: macsOf(call).id, startedAt }, { $set: { answer: seal(call, answer) } }).exec(),

    /** @returns how many there were. */
    async deleteExpired(at: Date): Promise<number> {
      const { deletedCount } = await model.deleteMany({ expiresAt: trusted({ $lt: at }) });
      return deletedCount;
    },

    /** Nothing was done: the next request with the key is the first again. */
    release: (call: IdempotentCall, startedAt: Date) =>
      model.deleteOne({ _id: macsOf(call).id, startedAt, answer: trusted({ $exists: false }) }).exec(),
  };
}

const mac = ({ key }: IdempotentCall, ...parts: string[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest();

const macsOf = (call: IdempotentCall) => ({
  id: mac(call, 'id', call.caller).toString('base64url'),
  request: mac(call, 'request', call.caller, call.request).toString('base64url'),
});

const sealingKey = (call: IdempotentCall): Buffer => mac(call, 'answer', call.caller);

function seal(call: IdempotentCall, text: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(call), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** @throws where it was sealed with another key or was altered. */
function unseal(call: IdempotentCall, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(call), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
}
