import { trusted } from 'mongoose';
import { atStage } from './deadlines.js';
import type { Onboarding, Stage } from './facts.js';
import type { Policy } from './policy.js';
import { later } from './steps.js';

/** Which onboardings somebody of the staff looks for. Everything given must fit. */
export interface Search {
  /** Words of a name or an address, or an onboarding's id. */
  text?: string;
  /** The stage as it counts at the moment of asking. */
  stage?: Stage;
  teamId?: string;
  /** A deadline comes within hours (verification) or a day (invitation). */
  deadlineSoon?: boolean;
  /** Blocked, locked, or a message cannot be brought. */
  needsHelp?: boolean;
}

/** Where a page of a list ends: the next one goes on behind it. */
export type Position = Pick<Onboarding, '_id' | 'createdAt'>;

type Condition = Record<string, unknown>;

const DAY = 24 * 3_600_000;
/** Words beyond these narrow a search no further. */
const MOST_WORDS = 8;

/** The conditions for a search at a moment, most selective last; the list of them is never empty. */
export function conditionsOf(
  { text, stage, teamId, deadlineSoon, needsHelp }: Search,
  at: Date,
  policy: Pick<Policy, 'verifyReminder'>,
): Condition[] {
  return [
    { seq: trusted({ $gte: 1 }) },
    ...(teamId === undefined ? [] : [{ teamId }]),
    ...(stage === undefined ? [] : [atStage(stage, at)]),
    ...(deadlineSoon
      ? [
          anyOf(
            { stage: 'invited', inviteBy: trusted({ $gte: at, $lte: later(at, DAY) }) },
            { stage: 'verifying', verifyBy: trusted({ $gte: at, $lte: later(at, policy.verifyReminder) }) },
          ),
        ]
      : []),
    ...(needsHelp
      ? [
          anyOf(
            { needsSupport: trusted({ $exists: true }) },
            { lockedUntil: trusted({ $gt: at }) },
            atStage('blocked', at),
          ),
        ]
      : []),
    ...(text ?? '').split(/\s+/).filter(Boolean).slice(0, MOST_WORDS).map(holding),
  ];
}

export const behind = ({ _id, createdAt }: Position): Condition =>
  anyOf({ createdAt: trusted({ $lt: createdAt }) }, { createdAt, _id: trusted({ $lt: _id }) });

/** One word, anywhere in a name or an address, whatever its case; only ever a literal. */
function holding(word: string): Condition {
  const pattern = new RegExp(word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
  return anyOf({ firstName: pattern }, { lastName: pattern }, { email: pattern }, { _id: word });
}

const anyOf = (...conditions: Condition[]): Condition => ({ $or: conditions });
