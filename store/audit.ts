import { type Connection, Schema, trusted } from 'mongoose';
import type { Onboarding, OnboardingEvent } from './facts.js';
import { sha256 } from './secrets.js';

/**
 * The audit trail: one hash chain an onboarding. Each row holds the hash of the one before, so that an edited or missing
 * row is found (SECURITY.md row 34). Rows carry ids and counts only and stay valid when a person is erased.
 */
export interface AuditRow {
  /** The event's id, `<onboarding id>:<seq>`: filing an event twice is filing it once. */
  _id: string;
  chain: string;
  seq: number;
  type: string;
  at: Date;
  actor: { kind: string; id?: string };
  data?: Record<string, string | number>;
  previous: string;
  hash: string;
}

const schema = new Schema<AuditRow>(
  {
    _id: { type: String, required: true },
    chain: { type: String, required: true },
    seq: { type: Number, required: true },
    type: { type: String, required: true },
    at: { type: Date, required: true },
    actor: { kind: { type: String, required: true }, id: String },
    data: Object,
    previous: { type: String, required: true },
    hash: { type: String, required: true },
  },
  { collection: 'audit', versionKey: false },
);
schema.index({ chain: 1, seq: 1 }, { unique: true });

const GENESIS = sha256('genesis');

export type Audit = ReturnType<typeof createAudit>;

export function createAudit(connection: Connection) {
  const model = connection.model('Audit', schema);
  const ofChain = (chain: string) => model.find({ chain }).sort({ seq: 1 }).lean<AuditRow[]>().exec();

  return {
    model,
    of: ofChain,

    /** Copies an outbox into its chain. Two at once collide on the unique keys and agree: rows follow from the events alone. */
    async file(onboarding: Pick<Onboarding, '_id' | 'outbox'>): Promise<void> {
      const chain = onboarding._id;
      const events = [...onboarding.outbox].sort((a, b) => a.seq - b.seq);
      const first = events[0];
      if (!first) return;
      const before = await model
        .findOne({ chain, seq: trusted({ $lt: first.seq }) })
        .sort({ seq: -1 })
        .lean<AuditRow>()
        .exec();
      let previous = before?.hash ?? GENESIS;
      for (const event of events) {
        const row = rowOf(chain, event, previous);
        await model.insertOne(row).catch(unlessDuplicate);
        previous = row.hash;
      }
    },

    /** @returns the id of the first row that does not fit, or undefined where the chain is whole. */
    async firstBreak(chain: string): Promise<string | undefined> {
      let previous = GENESIS;
      let seq = 0;
      for (const row of await ofChain(chain)) {
        const { _id: id, chain: _, previous: _p, hash, ...event } = row;
        const expected = rowOf(chain, { id, ...event } as OnboardingEvent, previous);
        if (row.seq !== seq + 1 || expected.hash !== hash || row.previous !== previous) return id;
        previous = hash;
        seq = row.seq;
      }
      return undefined;
    },
  };
}

function rowOf(chain: string, event: OnboardingEvent, previous: string): AuditRow {
  const { id, seq, type, at, actor, data } = event;
  const hash = sha256(
    JSON.stringify([previous, chain, seq, type, at.toISOString(), actor.kind, actor.id, data]),
  );
  return { _id: id, chain, seq, type, at, actor, ...(data && { data }), previous, hash };
}

function unlessDuplicate(error: unknown): void {
  if (!isDuplicate(error)) throw error;
}

/** E11000: a unique key is taken. The local stand-in does not name the key, so nobody reads it. */
export const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 11000;
