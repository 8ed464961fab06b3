import { trusted, type UpdateQuery } from 'mongoose';
import type { Onboarding } from './facts.js';
import type { OnboardingModel } from './onboarding-schema.js';
import type { Outcome } from './onboardings.js';
import type { Policy } from './policy.js';
import { type Judge, lockCodes } from './steps.js';

export type TryOutcome =
  | { counted: true; onboarding: Onboarding }
  | { counted: false; because: 'spent' | 'expired' | 'locked'; onboarding: Onboarding };

/** What a code is compared with: an app, or a list of recovery codes. */
export type Factor = { authenticatorId: string } | { recoveryListId: string };

/** How often codes are tried. Each try is counted before anybody compares it. */
export function createTries({
  model,
  policy,
  take,
}: {
  model: OnboardingModel;
  policy: Policy;
  take: (id: string, judge: Judge) => Promise<Outcome>;
}) {
  /**
   * One atomic write: of any number of rivals no more come through than there are tries left, and no more than failures of all
   * codes together may be in a row (SECURITY.md row 7).
   */
  async function count(
    { id, at }: { id: string; at: Date },
    { only, takes = {} }: { only: Record<string, unknown>; takes?: Record<string, number> },
  ): Promise<{ counted: boolean; onboarding: Onboarding }> {
    await model.updateOne(
      { _id: id, lockedUntil: trusted({ $lte: at }) },
      { $unset: { lockedUntil: 1 }, $set: { codeFailures: 0 } },
    );
    const update: UpdateQuery<Onboarding> = { $inc: { ...takes, codeFailures: 1 } };
    const counted = await model
      .findOneAndUpdate({ _id: id, ...only, codeFailures: trusted({ $lt: policy.codeFailureCap }) }, update, {
        returnDocument: 'after',
      })
      .lean<Onboarding>()
      .exec();
    if (counted) return { counted: true, onboarding: counted };
    const found = await model.findById(id).lean<Onboarding>().exec();
    if (!found) throw new Error(`Onboarding ${id} is gone`);
    // Where a crash came between the last failure and its lock: else nobody would ever end it.
    return { counted: false, onboarding: await lockIfDue(found, at) };
  }

  async function lockIfDue(o: Onboarding, at: Date): Promise<Onboarding> {
    if (o.codeFailures < policy.codeFailureCap || o.lockedUntil) return o;
    const { onboarding = o } = await take(o._id, lockCodes({ at }, policy));
    return onboarding;
  }

  return {
    /** At a texted code: at most `codeTries` each (SECURITY.md row 6). */
    async countTry(input: {
      id: string;
      challengeId: string;
      sessionId: string;
      at: Date;
    }): Promise<TryOutcome> {
      const { challengeId, sessionId, at } = input;
      const { counted, onboarding } = await count(input, {
        only: {
          'challenge.id': challengeId,
          'challenge.sessionId': sessionId,
          'challenge.expiresAt': trusted({ $gte: at }),
          'challenge.triesLeft': trusted({ $gt: 0 }),
        },
        takes: { 'challenge.triesLeft': -1 },
      });
      return counted
        ? { counted, onboarding }
        : { counted, because: whyNotCounted(onboarding, { challengeId, sessionId, at }), onboarding };
    },

    /** At a code of an app or a list: only the failures of the account limit these. */
    async countFactorTry({ id, factor, at }: { id: string; factor: Factor; at: Date }): Promise<TryOutcome> {
      const { counted, onboarding } = await count(
        { id, at },
        {
          only:
            'authenticatorId' in factor
              ? { 'authenticator.id': factor.authenticatorId }
              : { 'recoveryCodes.id': factor.recoveryListId },
        },
      );
      return counted
        ? { counted, onboarding }
        : { counted, because: isLocked(onboarding, at) ? 'locked' : 'spent', onboarding };
    },

    /** For whoever has compared and found it wrong, with what the counting left: until then the last try may have been right. */
    lockIfDue,

    /** A code came once more in the session that it had signed in: it was right, and what was counted for it is no failure. */
    endFailures: (id: string) =>
      model
        .updateOne({ _id: id }, { $set: { codeFailures: 0 }, $unset: { lockedUntil: 1, locksInARow: 1 } })
        .exec(),
  };
}

/** Until when no code counts, after too many wrong ones in a row, whatever they were from; undefined where they count. */
export const lockedUntil = ({ lockedUntil: until }: Onboarding, at: Date): Date | undefined =>
  until && until > at ? until : undefined;
export const isLocked = (o: Onboarding, at: Date): boolean => lockedUntil(o, at) !== undefined;

function whyNotCounted(
  o: Onboarding,
  { challengeId, sessionId, at }: { challengeId: string; sessionId: string; at: Date },
): 'spent' | 'expired' | 'locked' {
  const { challenge } = o;
  if (isLocked(o, at)) return 'locked';
  if (challenge?.id !== challengeId || challenge.sessionId !== sessionId) return 'expired';
  if (challenge.expiresAt < at) return 'expired';
  return 'spent';
}
