import { type Connection, Schema, trusted } from 'mongoose';
import { v5 } from 'uuid';
import { unlessAllDuplicate } from './duplicate.js';
import type { Onboarding } from './facts.js';
import type { InviteRequest } from './inviting.js';

/** Many invitations that came in one piece. A workflow (`batch-<id>`) makes them, row by row. */
export interface Batch {
  _id: string;
  teamId: string;
  by: Onboarding['invitedBy'];
  createdAt: Date;
  /** How many rows it has. */
  rows: number;
  /** When the last row was stored: before that it is no batch yet. */
  acceptedAt?: Date;
  /** It never became one and is being cleared away: nobody begins it again before it is gone. */
  abandoned?: true;
  /** Since when the workflow has not been told of it; the sweeper tells it. */
  untoldSince?: Date;
  /** The caller's allowance is used up until then. */
  waitsUntil?: Date;
  /** When the last row was decided. */
  doneAt?: Date;
}

export const ROW_OUTCOMES = ['created', 'existing', 'refused'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** One row: a document of its own, since a document has room for 16 MB. Who is meant stands in it only until it is decided. */
export interface BatchRow {
  /** `<batch id>.<row>` */
  _id: string;
  batchId: string;
  /** Counted from 1. */
  row: number;
  /** In its canonical form; absent once the row is decided. */
  request?: InviteRequest;
  /** Absent until it is decided. */
  outcome?: RowOutcome;
  /** The code of a refusal, and the field that it is about. */
  reason?: string;
  field?: string;
  /** The invitation that was made or found. */
  invitationId?: string;
}

export type RowDecision = Pick<BatchRow, 'outcome' | 'reason' | 'field' | 'invitationId'>;

export type RowCounts = Record<RowOutcome, number>;

const batchSchema = new Schema<Batch>(
  {
    _id: { type: String, required: true },
    teamId: { type: String, required: true },
    by: {
      kind: { type: String, required: true },
      id: String,
      name: { type: String, required: true },
    },
    createdAt: { type: Date, required: true },
    rows: { type: Number, required: true },
    acceptedAt: Date,
    abandoned: Boolean,
    untoldSince: Date,
    waitsUntil: Date,
    doneAt: Date,
  },
  { collection: 'batches', versionKey: false },
);

const rowSchema = new Schema<BatchRow>(
  {
    _id: { type: String, required: true },
    batchId: { type: String, required: true },
    row: { type: Number, required: true },
    request: Object,
    outcome: String,
    reason: String,
    field: String,
    invitationId: String,
  },
  { collection: 'batchRows', versionKey: false },
);

/** Rows written, or looked for, at once. */
const PIECE = 1_000;
const ABSENT = trusted({ $exists: false });
/** Namespace of ids made from a batch and a row (RFC 9562 §5.5). */
const NAMESPACE = '6d1f0c3e-1c0f-4d5e-8a39-b0f3c1b7d2a4';

/** The id of the invitation that a row makes: the same one however often the row is taken up. */
export const invitationIdOf = ({ batchId, row }: Pick<BatchRow, 'batchId' | 'row'>): string =>
  v5(`${batchId}\n${row}`, NAMESPACE);

export type Batches = ReturnType<typeof createBatches>;

export function createBatches(connection: Connection) {
  const model = connection.model('Batch', batchSchema);
  const rowModel = connection.model('BatchRow', rowSchema);
  const find = (id: string) => model.findById(id).lean<Batch>().exec();

  async function countRows(batchId: string, outcome: RowOutcome): Promise<number> {
    return rowModel.countDocuments({ batchId, outcome }).exec();
  }

  return {
    model,
    rowModel,

    /** Absent while its rows are still coming in. */
    async find(id: string): Promise<Batch | null> {
      const batch = await find(id);
      return batch?.acceptedAt ? batch : null;
    },

    /**
     * Stores a batch with all its rows, and as the last thing says that it is whole. Begun again after a crash it is the same
     * batch, and as new as any: nobody clears it away as abandoned.
     * @returns the batch, or undefined where it was accepted before
     */
    async accept(
      batch: Omit<Batch, 'acceptedAt' | 'abandoned' | 'untoldSince'>,
      rows: readonly Omit<BatchRow, '_id' | 'batchId'>[],
    ): Promise<Batch | 'being-cleared' | undefined> {
      await model.insertOne(batch).catch(unlessAllDuplicate);
      const { matchedCount: begun } = await model.updateOne(
        { _id: batch._id, acceptedAt: ABSENT, abandoned: ABSENT },
        { $set: { createdAt: batch.createdAt } },
      );
      if (begun === 0) return (await find(batch._id))?.acceptedAt ? undefined : 'being-cleared';
      const documents = rows.map((row) => ({ _id: `${batch._id}.${row.row}`, batchId: batch._id, ...row }));
      for (let first = 0; first < documents.length; first += PIECE) {
        await rowModel.collection
          .insertMany(documents.slice(first, first + PIECE) as object[], { ordered: false })
          .catch(unlessAllDuplicate);
      }
      return model
        .findOneAndUpdate(
          { _id: batch._id, acceptedAt: trusted({ $exists: false }) },
          { $set: { acceptedAt: batch.createdAt, untoldSince: batch.createdAt } },
          { returnDocument: 'after' },
        )
        .lean<Batch>()
        .exec()
        .then((accepted) => accepted ?? undefined);
    },

    /** The next rows that nobody has decided yet, from a row on. */
    undecided: ({ batchId, from, limit }: { batchId: string; from: number; limit: number }) =>
      rowModel
        .find({ batchId, row: trusted({ $gte: from }), outcome: trusted({ $exists: false }) })
        .sort({ row: 1 })
        .limit(limit)
        .lean<BatchRow[]>()
        .exec(),

    /** Once: what was decided first stands. Whom the row was about is forgotten here; that stands in the invitation. */
    decide: ({ _id }: Pick<BatchRow, '_id'>, decision: RowDecision) =>
      rowModel
        .updateOne({ _id, outcome: trusted({ $exists: false }) }, { $set: decision, $unset: { request: 1 } })
        .exec(),

    /** Rows in their order, behind a row. */
    rows: (
      batchId: string,
      { after, limit, outcome }: { after: number; limit: number; outcome?: RowOutcome },
    ) =>
      rowModel
        .find({ batchId, row: trusted({ $gt: after }), ...(outcome && { outcome }) })
        .sort({ row: 1 })
        .limit(limit)
        .lean<BatchRow[]>()
        .exec(),

    async counts(batchId: string): Promise<RowCounts> {
      const [created, existing, refused] = await Promise.all([
        countRows(batchId, 'created'),
        countRows(batchId, 'existing'),
        countRows(batchId, 'refused'),
      ]);
      return { created, existing, refused };
    },

    /** A team's last batches, newest first. */
    ofTeam: (teamId: string, limit: number) =>
      model
        .find({ teamId, acceptedAt: trusted({ $exists: true }) })
        .sort({ createdAt: -1 })
        .limit(limit)
        .lean<Batch[]>()
        .exec(),

    waitUntil: (id: string, waitsUntil: Date) =>
      model.updateOne({ _id: id }, { $set: { waitsUntil } }).exec(),
    goOn: (id: string) => model.updateOne({ _id: id }, { $unset: { waitsUntil: 1 } }).exec(),
    finish: (id: string, at: Date) =>
      model.updateOne({ _id: id }, { $set: { doneAt: at }, $unset: { waitsUntil: 1 } }).exec(),

    /** The workflow is there. */
    markTold: (id: string) => model.updateOne({ _id: id }, { $unset: { untoldSince: 1 } }).exec(),
    untold: (before: Date, limit: number) =>
      model
        .find({ untoldSince: trusted({ $lte: before }) })
        .sort({ untoldSince: 1 })
        .limit(limit)
        .lean<Batch[]>()
        .exec(),

    /** All that are accepted and not done, a piece a call, in the order of their ids; `after` is the last id of the piece before. */
    open: (after: string, limit: number) =>
      model
        .find({
          _id: trusted({ $gt: after }),
          acceptedAt: trusted({ $exists: true }),
          doneAt: trusted({ $exists: false }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .lean<Batch[]>()
        .exec(),

    /** A piece of the rows that wait to invite an address. */
    waitingFor: (email: string) =>
      rowModel.find({ 'request.email': email }).limit(PIECE).lean<BatchRow[]>().exec(),

    /** They invite nobody any more, and whom they were about is forgotten. What was decided meanwhile stands. */
    refuse: (rows: readonly Pick<BatchRow, '_id'>[]) =>
      rowModel
        .updateMany(
          { _id: trusted({ $in: rows.map(({ _id }) => _id) }), request: trusted({ $exists: true }) },
          { $set: { outcome: 'refused', reason: 'cannot-invite' }, $unset: { request: 1 } },
        )
        .exec(),

    /** Whoever sent it was erased: the team takes the place of the name. */
    forgetSender: (senderId: string, teamName: string) =>
      model.updateMany({ 'by.id': senderId }, { $set: { 'by.name': teamName } }).exec(),

    /** Batches done before then, with their rows. @returns how many batches there were. */
    async deleteDoneBefore(before: Date): Promise<number> {
      const done = await model
        .find({ doneAt: trusted({ $lt: before }) })
        .select({ _id: 1 })
        .lean<Pick<Batch, '_id'>[]>()
        .exec();
      for (const { _id } of done) {
        await rowModel.deleteMany({ batchId: _id });
        await model.deleteOne({ _id });
      }
      return done.length;
    },

    /**
     * Removes what a process that crashed has left half stored, and nobody was told of. One write decides against whoever begins
     * it again at this moment; the batch goes after its rows, so that a crash on the way leaves none behind.
     */
    async clearAbandoned(before: Date, limit: number): Promise<void> {
      const old = { acceptedAt: ABSENT, createdAt: trusted({ $lte: before }) };
      const left = await model.find(old).limit(limit).lean<Batch[]>().exec();
      for (const { _id } of left) {
        const { matchedCount } = await model.updateOne({ _id, ...old }, { $set: { abandoned: true } });
        if (matchedCount === 0) continue;
        await rowModel.deleteMany({ batchId: _id });
        await model.deleteOne({ _id });
      }
    },
  };
}
