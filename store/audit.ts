import { type Connection, Schema, trusted } from 'mongoose';
import { createCheckpoints, type Head } from './checkpoints.js';
import { unlessAllDuplicate } from './duplicate.js';
import type { Onboarding, OnboardingEvent } from './facts.js';
import { GENESIS, sha256 } from './secrets.js';

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

type Unfiled = Pick<Onboarding, '_id' | 'outbox'>;

export type Audit = ReturnType<typeof createAudit>;

export function createAudit(connection: Connection) {
  const model = connection.model('Audit', schema);
  const checkpoints = createCheckpoints(connection);
  const ofChain = (chain: string) => model.find({ chain }).sort({ seq: 1 }).lean<AuditRow[]>().exec();

  /** Hashes of rows by their ids. */
  async function hashesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await model
      .find({ _id: trusted({ $in: [...ids] }) })
      .select({ hash: 1 })
      .lean<Pick<AuditRow, '_id' | 'hash'>[]>()
      .exec();
    return new Map(rows.map(({ _id, hash }) => [_id, hash]));
  }

  return {
    model,
    checkpoints,
    of: ofChain,

    /**
     * Copies outboxes into their chains, all in one write, and seals the heads of those chains. Two at once collide on the
     * unique keys and agree: rows follow from the events alone.
     */
    async file(onboardings: readonly Unfiled[], at: Date): Promise<void> {
      const outboxes = onboardings
        .map(({ _id: chain, outbox }) => ({ chain, events: [...outbox].sort((a, b) => a.seq - b.seq) }))
        .filter(({ events }) => events.length > 0);
      if (outboxes.length === 0) return;
      const before = ({ chain, events }: (typeof outboxes)[number]) =>
        rowId(chain, (events[0]?.seq ?? 1) - 1);
      const hashes = await hashesOf(outboxes.map(before));
      const chains = outboxes.map((outbox) =>
        chained(outbox.chain, outbox.events, hashes.get(before(outbox)) ?? GENESIS),
      );
      await connection
        .collection<AuditRow>('audit')
        .insertMany(chains.flat(), { ordered: false })
        .catch(unlessAllDuplicate);
      await checkpoints.seal(chains.flatMap(headOf), at);
    },

    /** The last row of each of some chains. */
    async headsOf(chains: readonly string[]): Promise<Head[]> {
      const rows = await model
        .find({ chain: trusted({ $in: [...chains] }) })
        .sort({ chain: 1, seq: 1 })
        .lean<AuditRow[]>()
        .exec();
      return [...new Map(rows.map(({ chain, seq, hash }) => [chain, { chain, seq, hash }])).values()];
    },

    /** @returns the id of the first row that does not fit, or undefined where the chain is whole. */
    async firstBreak(chain: string): Promise<string | undefined> {
      const fits = createCheck();
      return (await ofChain(chain)).find((row) => !fits(row))?._id;
    },

    /** Goes through every chain and every checkpoint, and tells what does not fit. */
    async *breaks(): AsyncGenerator<Break> {
      let fits = createCheck();
      let chain: string | undefined;
      let broken = false;
      for await (const row of model.find().sort({ chain: 1, seq: 1 }).lean<AuditRow>().cursor()) {
        if (row.chain !== chain) {
          fits = createCheck();
          chain = row.chain;
          broken = false;
        }
        if (broken || fits(row)) continue;
        broken = true;
        yield { kind: 'row', id: row._id };
      }
      for await (const { checkpoint, fits: whole } of checkpoints.walk()) {
        if (!whole) yield { kind: 'checkpoint', id: String(checkpoint._id) };
        const hashes = await hashesOf(checkpoint.heads.map(({ chain, seq }) => rowId(chain, seq)));
        for (const head of checkpoint.heads) {
          const id = rowId(head.chain, head.seq);
          if (hashes.get(id) !== head.hash) yield { kind: 'sealed-row', id };
        }
      }
    },
  };
}

export interface Break {
  /** `row`: it does not follow from the one before; `sealed-row`: it was sealed and is not there as it was; or a checkpoint. */
  kind: 'row' | 'sealed-row' | 'checkpoint';
  /** Of the row, or the number of the checkpoint. */
  id: string;
}

const rowId = (chain: string, seq: number): string => `${chain}:${seq}`;

/** The rows of some events that follow on a hash. */
function chained(chain: string, events: readonly OnboardingEvent[], previous: string): AuditRow[] {
  let before = previous;
  return events.map((event) => {
    const row = rowOf(chain, event, before);
    before = row.hash;
    return row;
  });
}

const headOf = (rows: readonly AuditRow[]): Head[] =>
  rows.slice(-1).map(({ chain, seq, hash }) => ({ chain, seq, hash }));

/** Whether each row of one chain, handed over in order, follows from the one before. */
function createCheck(): (row: AuditRow) => boolean {
  let previous = GENESIS;
  let seq = 0;
  return (row) => {
    const { _id: id, chain, previous: _, hash, ...event } = row;
    const expected = rowOf(chain, { id, ...event } as OnboardingEvent, previous);
    const fits = row.seq === seq + 1 && expected.hash === hash && row.previous === previous;
    previous = hash;
    seq = row.seq;
    return fits;
  };
}

function rowOf(chain: string, event: OnboardingEvent, previous: string): AuditRow {
  const { id, seq, type, at, actor, data } = event;
  const hash = sha256(
    JSON.stringify([previous, chain, seq, type, at.toISOString(), actor.kind, actor.id, data]),
  );
  return { _id: id, chain, seq, type, at, actor, ...(data && { data }), previous, hash };
}
