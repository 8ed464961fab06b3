import { trusted } from 'mongoose';
import { type Authenticator, type Onboarding, STAGES, type Stage } from './facts.js';
import type { OnboardingModel } from './onboarding-schema.js';
import type { Policy } from './policy.js';
import { behind, conditionsOf, type Position, type Search } from './searching.js';
import { later } from './steps.js';

/** How all onboardings stand together: counts only. */
export interface Standing {
  stages: [Stage, number][];
  needsSupport: number;
  waiting: Record<'deadline' | 'telling' | 'filing', number>;
}
/** An authenticator as it is sealed now. */
export type SealedAuthenticator = { _id: string; authenticator: Authenticator };
export type Outbox = Pick<Onboarding, '_id' | 'seq' | 'outbox'>;

const LOOKED_UP_AT_ONCE = 1_000;

/** What is asked of onboardings. Nothing here decides or writes: onboardings.ts does. */
export function onboardingQueries(model: OnboardingModel, policy: Policy) {
  return {
    find: (id: string) => model.findById(id).lean<Onboarding>().exec(),

    /** What of a person their API keys rest on: read with each call of the API, and no more than that. */
    keyOwner: (id: string) =>
      model
        .findById(id, { role: 1, stage: 1, keysEndedAt: 1 })
        .lean<Pick<Onboarding, '_id' | 'role' | 'stage' | 'keysEndedAt'>>()
        .exec(),

    findByEmail: async (email: string) => model.findOne({ emailSlot: email }).lean<Onboarding>().exec(),

    /** Who holds which of these addresses. */
    async holdersOf(emails: readonly string[]): Promise<Map<string, Onboarding>> {
      const holders = new Map<string, Onboarding>();
      for (let first = 0; first < emails.length; first += LOOKED_UP_AT_ONCE) {
        const some = emails.slice(first, first + LOOKED_UP_AT_ONCE);
        for (const each of await model
          .find({ emailSlot: trusted({ $in: some }) })
          .lean<Onboarding[]>()
          .exec())
          holders.set(each.email, each);
      }
      return holders;
    },

    /** Those of an address that are over and hold it no more: whoever was invited again has another. */
    endedOf: (email: string, createdBefore: Date) =>
      model
        .find({
          stage: trusted({ $in: ['expired', 'revoked'] }),
          email,
          createdAt: trusted({ $lte: createdBefore }),
        })
        .select({ _id: 1 })
        .lean<Pick<Onboarding, '_id'>[]>()
        .exec(),

    findByLink: async (linkId: string) => model.findOne({ 'links.id': linkId }).lean<Onboarding>().exec(),

    invitedBy: (actorId: string, limit: number) =>
      model
        .find({ 'invitedBy.id': actorId, stage: trusted({ $ne: 'erased' }) })
        .sort({ createdAt: -1 })
        .limit(limit)
        .lean<Onboarding[]>()
        .exec(),

    /** Onboardings with a step that the workflow was not told of by `before`, the longest waiting first, those tried in vain last. */
    untold: (before: Date, limit: number) =>
      model
        .find({ untoldSince: trusted({ $lte: before }) })
        .sort({ sweptAt: 1, untoldSince: 1 })
        .limit(limit)
        .lean<Onboarding[]>()
        .exec(),

    /** Onboardings whose deadline passed before `before` without the workflow acting on it, in the same order. */
    overdue: (before: Date, limit: number) =>
      model
        .find({ dueAt: trusted({ $lte: before }) })
        .sort({ sweptAt: 1, dueAt: 1 })
        .limit(limit)
        .lean<Onboarding[]>()
        .exec(),

    /** Outboxes with events that the audit trail lacks, the longest waiting first. */
    unfiled: (limit: number) =>
      model
        .find({ unfiledSince: trusted({ $exists: true }) })
        .sort({ unfiledSince: 1 })
        .limit(limit)
        .select({ seq: 1, outbox: 1 })
        .lean<Outbox[]>()
        .exec(),

    /** Those who never came in, and for whose sake nothing is kept any more at that moment; `eraseEnded` judges each. */
    endedLongAgo: (at: Date, limit: number) => {
      const { retainEnded, blockedRetention } = policy;
      const since = (kept: number) => trusted({ $lte: later(at, -kept) });
      const unfinished = { activatedAt: trusted({ $exists: false }) };
      return model
        .find({
          $or: [
            { stage: trusted({ $in: ['expired', 'revoked'] }), stageSince: since(retainEnded) },
            { ...unfinished, stage: 'blocked', stageSince: since(blockedRetention + retainEnded) },
            { ...unfinished, stage: 'enrolling', stageSince: since(retainEnded) },
            { ...unfinished, stage: 'confirming', 'challenge.lastSendAt': since(retainEnded) },
          ],
        })
        .limit(limit)
        .select({ _id: 1 })
        .lean<Pick<Onboarding, '_id'>[]>()
        .exec();
    },

    /** Ids of those whose traces are still there, and then of those erased since then. */
    async erasedSince(since: Date): Promise<string[]> {
      const erased = await model
        .find({
          stage: 'erased',
          seq: trusted({ $gte: 1 }),
          $or: [{ stageSince: trusted({ $gte: since }) }, { erasing: trusted({ $exists: true }) }],
        })
        .select({ _id: 1, erasing: 1 })
        .lean<Pick<Onboarding, '_id' | 'erasing'>[]>()
        .exec();
      const [unfinished, done] = [erased.filter(({ erasing }) => erasing), erased.filter((o) => !o.erasing)];
      return [...unfinished, ...done].map(({ _id }) => _id);
    },

    /** What fits a search, newest first; `after` is where the page before ended. */
    search: (search: Search, { at, limit, after }: { at: Date; limit: number; after?: Position }) =>
      model
        .find({ $and: [...conditionsOf(search, at, policy), ...(after ? [behind(after)] : [])] })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit)
        .lean<Onboarding[]>()
        .exec(),

    /** How many of a search are at each stage, as it counts at that moment. */
    async countByStage(search: Search, at: Date): Promise<Record<Stage, number>> {
      const counts = STAGES.map(async (stage): Promise<[Stage, number]> => {
        const conditions = conditionsOf({ ...search, stage }, at, policy);
        return [stage, await model.countDocuments({ $and: conditions }).exec()];
      });
      return Object.fromEntries(await Promise.all(counts)) as Record<Stage, number>;
    },

    /** How many are at each stage as it is written, and how many somebody should have seen to by `before`: from indexes alone. */
    async standing(before: Date): Promise<Standing> {
      const past = trusted({ $lte: before });
      const [stages, needsSupport, deadline, telling, filing] = await Promise.all([
        model
          .aggregate<{ _id: Stage; count: number }>([
            { $sort: { stage: 1 } },
            { $group: { _id: '$stage', count: { $sum: 1 } } },
          ])
          .exec(),
        model.countDocuments({ 'needsSupport.since': trusted({ $exists: true }) }).exec(),
        model.countDocuments({ dueAt: past }).exec(),
        model.countDocuments({ untoldSince: past }).exec(),
        model.countDocuments({ unfiledSince: past }).exec(),
      ]);
      const counts = new Map(stages.map(({ _id, count }) => [_id, count]));
      return {
        stages: STAGES.map((stage) => [stage, counts.get(stage) ?? 0]),
        needsSupport,
        waiting: { deadline, telling, filing },
      };
    },

    /** Those whose authenticator another key than this one has sealed, a batch a call as with `batch`. */
    sealedOtherwise: ({ keyId, after, limit }: { keyId: string; after: string; limit: number }) =>
      model
        .find({
          _id: trusted({ $gt: after }),
          'authenticator.secret.keyId': trusted({ $exists: true, $ne: keyId }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .select({ authenticator: 1 })
        .lean<SealedAuthenticator[]>()
        .exec(),

    /** All onboardings, a batch a call, in the order of their ids; `after` is the last id of the batch before, '' at first. */
    batch: (after: string, limit: number) =>
      model
        .find({ _id: trusted({ $gt: after }) })
        .sort({ _id: 1 })
        .limit(limit)
        .lean<Onboarding[]>()
        .exec(),
  };
}
