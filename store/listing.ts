import { trusted } from 'mongoose';
import type { Onboarding, Stage } from './facts.js';

export interface ListQuery {
  teamId: string;
  /** The stage as it counts at `at`. */
  stage?: Stage;
  at: Date;
  /** Words, each of which stands in the address or the name. */
  words: readonly string[];
  /** The last onboarding of the page before. */
  after?: Pick<Onboarding, '_id' | 'createdAt'>;
}

type Filter = Record<string, unknown>;

const ABSENT = trusted({ $exists: false });

export function listFilter({ teamId, stage, at, words, after }: ListQuery): Filter {
  const conditions = [
    ...(stage ? [atStage(stage, at)] : []),
    ...words.map(holdsWord),
    ...(after ? [comesAfter(after)] : []),
  ];
  return { teamId, ...(conditions.length > 0 && { $and: conditions }) };
}

/** `effectiveStage` of `facts.ts`, as a filter. */
function atStage(stage: Stage, at: Date): Filter {
  switch (stage) {
    case 'invited':
      return { stage, inviteBy: trusted({ $gte: at }) };
    case 'expired':
      return { $or: [{ stage }, { stage: 'invited', inviteBy: trusted({ $lt: at }) }] };
    case 'verifying':
      return {
        stage,
        $or: [
          { verifyBy: trusted({ $gte: at }) },
          { verifyBy: ABSENT, dueAt: trusted({ $gte: at }) },
          { verifyBy: ABSENT, dueAt: ABSENT },
        ],
      };
    case 'blocked':
      return {
        $or: [
          { stage },
          { stage: 'verifying', verifyBy: trusted({ $lt: at }) },
          { stage: 'verifying', verifyBy: ABSENT, dueAt: trusted({ $lt: at }) },
        ],
      };
    default:
      return { stage };
  }
}

/** A literal, whatever is typed: no pattern of the caller's is ever run (SECURITY.md rows 25 and 36). */
function holdsWord(word: string): Filter {
  const literal = word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return {
    $or: ['email', 'firstName', 'lastName'].map((name) => ({
      [name]: trusted({ $regex: literal, $options: 'i' }),
    })),
  };
}

function comesAfter({ _id, createdAt }: Pick<Onboarding, '_id' | 'createdAt'>): Filter {
  return {
    $or: [{ createdAt: trusted({ $lt: createdAt }) }, { createdAt, _id: trusted({ $lt: _id }) }],
  };
}
