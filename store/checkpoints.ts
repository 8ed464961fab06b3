import { type Connection, Schema } from 'mongoose';
import { isDuplicate } from './duplicate.js';
import { GENESIS, sha256 } from './secrets.js';

/** The last row of an audit chain. */
export interface Head {
  chain: string;
  seq: number;
  hash: string;
}

/**
 * One chain over all audit chains: each checkpoint seals the heads of those that grew, so that an end that was cut off is
 * missed (SECURITY.md row 34). Made once a round of filing, by one writer: nothing else waits for it.
 */
export interface Checkpoint {
  /** Counts from 1. */
  _id: number;
  at: Date;
  heads: Head[];
  previous: string;
  hash: string;
}

const schema = new Schema<Checkpoint>(
  {
    _id: { type: Number, required: true },
    at: { type: Date, required: true },
    heads: [{ _id: false, chain: String, seq: Number, hash: String }],
    previous: { type: String, required: true },
    hash: { type: String, required: true },
  },
  { collection: 'checkpoints', versionKey: false },
);

/** Somebody at a terminal may file beside the Schedule; more rivals than that are a fault. */
const MOST_RACES = 20;

export function createCheckpoints(connection: Connection) {
  const model = connection.model('Checkpoint', schema);
  const last = () => model.findOne().sort({ _id: -1 }).lean<Checkpoint>().exec();

  return {
    model,
    last,
    find: (number: number) => model.findById(number).lean<Checkpoint>().exec(),

    /** The unique number decides between two who seal at once; the other seals behind. */
    async seal(heads: readonly Head[], at: Date): Promise<void> {
      if (heads.length === 0) return;
      for (let race = 0; race < MOST_RACES; race++) {
        const before = await last();
        const checkpoint = checkpointOf((before?._id ?? 0) + 1, at, heads, before?.hash ?? GENESIS);
        const sealed = await model.insertOne(checkpoint).catch((error: unknown) => {
          if (!isDuplicate(error)) throw error;
        });
        if (sealed) return;
      }
      throw new Error('Too many seal the audit trail at once');
    },

    /** Every checkpoint, in order, and whether it follows from the one before. */
    async *walk(): AsyncGenerator<{ checkpoint: Checkpoint; fits: boolean }> {
      let previous = GENESIS;
      let number = 0;
      for await (const checkpoint of model.find().sort({ _id: 1 }).lean<Checkpoint>().cursor()) {
        const { _id, at, heads, hash } = checkpoint;
        const expected = checkpointOf(_id, at, heads, previous);
        const fits = _id === number + 1 && expected.hash === hash && checkpoint.previous === previous;
        yield { checkpoint, fits };
        previous = hash;
        number = _id;
      }
    },
  };
}

function checkpointOf(number: number, at: Date, heads: readonly Head[], previous: string): Checkpoint {
  const hash = sha256(
    JSON.stringify([
      previous,
      number,
      at.toISOString(),
      heads.map(({ chain, seq, hash: head }) => [chain, seq, head]),
    ]),
  );
  return { _id: number, at, heads: [...heads], previous, hash };
}
