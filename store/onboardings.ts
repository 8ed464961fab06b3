import { type Connection, trusted } from 'mongoose';
import { isDuplicate, unlessAllDuplicate } from './duplicate.js';
import { type Onboarding, type OnboardingEvent, SERVICE, type Sealed } from './facts.js';
import { type StoreObserver, UNOBSERVED } from './observer.js';
import { type Outbox, onboardingQueries } from './onboarding-queries.js';
import { onboardingModel } from './onboarding-schema.js';
import type { Policy } from './policy.js';
import { newSecretId, sha256 } from './secrets.js';
import type { Judge, RefusalCode, Step } from './steps.js';
import { later } from './steps.js';
import { createTries } from './tries.js';

/** What became of an attempted step, with the onboarding as it stands after it. */
export type Outcome =
  | { done: true; repeated: boolean; onboarding: Onboarding }
  | { done: false; refused: RefusalCode | 'not-found'; onboarding?: Onboarding };

/** Rivals for one onboarding are few; after so many lost races something else is wrong. */
const MOST_RACES = 100;

export type Onboardings = ReturnType<typeof createOnboardings>;

export function createOnboardings(
  connection: Connection,
  policy: Policy,
  observer: StoreObserver = UNOBSERVED,
) {
  const model = onboardingModel(connection);

  const queries = onboardingQueries(model, policy);
  const { find } = queries;

  /** One conditional write: it decides the step and carries its event, or loses and changes nothing. */
  function write(o: Onboarding, step: Step): Promise<Onboarding | null> {
    const { event, set, setInChallenge, setInAuthenticator, unset = [], notices = [], reason, told } = step;
    const seq = o.seq + 1;
    const salt = newSecretId();
    const row: OnboardingEvent = {
      id: `${o._id}:${seq}`,
      seq,
      ...event,
      ...(reason !== undefined && { data: { ...event.data, reason: sha256(salt + reason) } }),
    };
    const untold = !told || notices.length > 0;
    return model
      .findOneAndUpdate(
        { _id: o._id, seq: o.seq, stage: o.stage, ...step.only },
        {
          $set: {
            ...set,
            ...partsOf('challenge', setInChallenge),
            ...partsOf('authenticator', setInAuthenticator),
            ...(untold && !o.untoldSince && { untoldSince: event.at }),
            ...(!o.unfiledSince && { unfiledSince: event.at }),
            seq,
          },
          $push: {
            outbox: row,
            ...(notices.length > 0 && {
              notices: { $each: notices.map((notice) => ({ ...notice, id: newSecretId(), at: event.at })) },
            }),
            ...(reason !== undefined &&
              !unset.includes('reasons') && { reasons: { seq, text: reason, salt } }),
          },
          ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((name) => [name, 1])) }),
        },
        { returnDocument: 'after' },
      )
      .lean<Onboarding>()
      .exec();
  }

  /** Judges and writes until the write wins or the judge refuses. */
  async function take(id: string, judge: Judge): Promise<Outcome> {
    for (let race = 0; race < MOST_RACES; race++) {
      const o = await find(id);
      if (!o) return { done: false, refused: 'not-found' };
      const verdict = judge(o);
      if (verdict === 'already') return { done: true, repeated: true, onboarding: o };
      if ('refused' in verdict) return { done: false, refused: verdict.refused, onboarding: o };
      const next = await write(o, verdict).catch((error: unknown) => {
        if (isDuplicate(error)) return 'email-taken' as const;
        throw error;
      });
      if (next === 'email-taken') return { done: false, refused: next, onboarding: o };
      if (next) {
        observer.stepped({ before: o, after: next, type: verdict.event.type });
        return { done: true, repeated: false, onboarding: next };
      }
    }
    throw new Error(`Onboarding ${id} changed too often to take a step`);
  }

  return {
    model,
    ...queries,
    ...createTries({ model, policy, take }),
    take,

    /** @throws MongoServerError 11000 where the id or the address is taken; the caller looks which. */
    async insert(onboarding: Onboarding): Promise<Onboarding> {
      const row = { id: `${onboarding._id}:1`, seq: 1, type: 'invited' as const, at: onboarding.createdAt };
      const { name: _, ...by } = onboarding.invitedBy;
      const born: Onboarding = {
        ...onboarding,
        seq: 1,
        outbox: [{ ...row, actor: by }],
        untoldSince: onboarding.createdAt,
        unfiledSince: onboarding.createdAt,
        dueAt: later(onboarding.inviteBy, policy.blockGrace),
      };
      await model.insertOne(born);
      observer.stepped({ after: born, type: row.type });
      return born;
    },

    /** As `take`, at one cost whether or not there is somebody and anything is taken: nothing tells those apart (SECURITY.md row 4). */
    async takeAlike(id: string | undefined, judge: Judge): Promise<Outcome> {
      const outcome = await take(id ?? '', judge);
      const wrote = outcome.done && !outcome.repeated;
      if (!wrote) await model.findOneAndUpdate({ _id: '', seq: 0 }, { $set: { seq: 0 } }).exec();
      return outcome;
    },

    /** The mail server has a notice's mail. */
    dropNotice: (id: string, noticeId: string) =>
      model.updateOne({ _id: id }, { $pull: { notices: { id: noticeId } } }).exec(),

    /** Those that nobody could be told of until then; one without a time is of a version before. @returns how many onboardings had some. */
    async dropNoticesBefore(before: Date): Promise<number> {
      const { modifiedCount } = await model.updateMany(
        { 'notices.id': trusted({ $exists: true }) },
        { $pull: { notices: { $or: [{ at: { $lt: before } }, { at: { $exists: false } }] } } },
      );
      return modifiedCount;
    },

    /** The workflow has been nudged about everything up to `seq`. */
    markTold: (id: string, seq: number) =>
      model.updateOne({ _id: id, seq }, { $unset: { untoldSince: 1, sweptAt: 1 } }).exec(),

    /** The sweeper has seen to these: the next round begins with the others. */
    async markSwept(swept: readonly Pick<Onboarding, '_id'>[], at: Date): Promise<void> {
      if (swept.length === 0) return;
      const ids = swept.map(({ _id }) => _id);
      await model.updateMany({ _id: trusted({ $in: ids }) }, { $set: { sweptAt: at } });
    },

    /** Takes filed events out of the outboxes; where another step came meanwhile its event stays for the next round. */
    async markFiled(filed: readonly Pick<Outbox, '_id' | 'seq'>[]): Promise<void> {
      const upTo = (seq: number) => ({ $pull: { outbox: { seq: { $lte: seq } } } });
      const { matchedCount } = await model.bulkWrite(
        filed.map(({ _id, seq }) => ({
          updateOne: { filter: { _id, seq }, update: { ...upTo(seq), $unset: { unfiledSince: 1 } } },
        })),
      );
      if (matchedCount === filed.length) return;
      await model.bulkWrite(
        filed.map(({ _id, seq }) => ({ updateOne: { filter: { _id }, update: upTo(seq) } })),
      );
    },

    /** Whoever was invited by somebody who was erased: the team takes the place of the name, and what was written goes. */
    async forgetInviter(inviterId: string, teamName: string): Promise<void> {
      await model.updateMany(
        { 'invitedBy.id': inviterId },
        { $set: { 'invitedBy.name': teamName }, $unset: { message: 1 } },
      );
    },

    /**
     * Takes ids out of use before an invitation is made with them: whoever is about to make it is refused as by one that was
     * erased. No step was ever taken on what stands there then, so no list has it; it is kept as the emptied documents are.
     */
    async useUp(ids: readonly string[], at: Date): Promise<void> {
      const empty: Omit<Onboarding, '_id'> = {
        email: '',
        role: 'clinician',
        teamId: '',
        invitedBy: { ...SERVICE, name: '' },
        locale: 'en',
        stage: 'erased',
        stageSince: at,
        attempt: 1,
        seq: 0,
        outbox: [],
        notices: [],
        createdAt: at,
        inviteBy: at,
        links: [],
        codeFailures: 0,
      };
      await model.collection
        .insertMany(
          ids.map((_id) => ({ _id, ...empty }) as object),
          { ordered: false },
        )
        .catch(unlessAllDuplicate);
    },

    /** No traces are left elsewhere. */
    markErased: (id: string) =>
      model.updateOne({ _id: id, stage: 'erased' }, { $unset: { erasing: 1 } }).exec(),

    /** Upgrades the stored hash at sign-in; no step of the onboarding, conditional on the hash it replaces. */
    rehash: (id: string, from: string, to: string) =>
      model
        .updateOne({ _id: id, 'account.passwordHash': from }, { $set: { 'account.passwordHash': to } })
        .exec(),

    /** Of authenticators, each from the seal that it was read with; no step of the onboarding. */
    async reseal(resealed: readonly { id: string; from: Sealed; to: Sealed }[]): Promise<void> {
      if (resealed.length === 0) return;
      await model.bulkWrite(
        resealed.map(({ id, from, to }) => ({
          updateOne: {
            filter: { _id: id, 'authenticator.secret.box': from.box },
            update: { $set: { 'authenticator.secret': to } },
          },
        })),
      );
    },

    /** Secrets that no app has taken in their time. */
    forgetPendingAuthenticators: (before: Date) =>
      model
        .updateMany(
          { 'pendingAuthenticator.issuedAt': trusted({ $lt: before }) },
          { $unset: { pendingAuthenticator: 1 } },
        )
        .exec(),
  };
}

/** Of a part of the document that others write to as well: field by field. */
const partsOf = (name: string, parts: object = {}) =>
  Object.fromEntries(Object.entries(parts).map(([field, value]) => [`${name}.${field}`, value]));
