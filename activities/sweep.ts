import { type Conversation, waitsSince } from '../store/conversations.js';
import type { ChatSide } from '../store/facts.js';
import { later, mailAboutChat } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';

/** How many were seen to, and how many were left to the next round. */
export interface SweepCounts {
  told: number;
  overdue: number;
  /** Conversations that somebody is mailed about. */
  mailed: number;
  failed: number;
}

/** A door tells the workflow within moments; what is older was lost between its write and its nudge. */
const UNTOLD_AFTER = 5_000;
const OVERDUE_AFTER = 60_000;
/** A request that stores a batch of invitations has long ended by then. */
const ABANDONED_AFTER = 3_600_000;
const BATCH = 200;
/** After so many failures of one kind the round goes on to the next: whoever failed comes last in the next round. */
const MOST_FAILURES = 10;

/** One round of the sweeper. Onboardings that fail, however many and however often, hold up no other. */
export function sweepOnce({ store, policy, nudge, startBatch, clock }: ActivityDependencies) {
  return async function sweepOnce(): Promise<SweepCounts> {
    const now = clock();
    const counts: SweepCounts = { told: 0, overdue: 0, mailed: 0, failed: 0 };

    async function each<Thing>(
      kind: Exclude<keyof SweepCounts, 'failed'>,
      batch: readonly Thing[],
      see: (thing: Thing) => Promise<unknown>,
    ): Promise<Record<'seen' | 'failed', Thing[]>> {
      const done: Record<'seen' | 'failed', Thing[]> = { seen: [], failed: [] };
      for (const thing of batch) {
        if (done.failed.length >= MOST_FAILURES) break;
        await see(thing).then(
          () => done.seen.push(thing),
          () => done.failed.push(thing),
        );
      }
      counts[kind] += done.seen.length;
      counts.failed += done.failed.length;
      return done;
    }

    const told = await each(
      'told',
      await store.onboardings.untold(later(now, -UNTOLD_AFTER), BATCH),
      async (onboarding) => {
        await nudge(onboarding);
        await store.onboardings.markTold(onboarding._id, onboarding.seq);
      },
    );
    await store.onboardings.markSwept(told.failed, now);
    await each('told', await store.batches.untold(later(now, -UNTOLD_AFTER), BATCH), async ({ _id }) => {
      await startBatch(_id);
      await store.batches.markTold(_id);
    });
    for (const reader of ['support', 'person'] as const) {
      const unread = await store.conversations.unread(reader, later(now, -policy.chatMailAfter), BATCH);
      await each('mailed', unread, (conversation) => callForMail(conversation, reader));
    }
    await store.batches.clearAbandoned(later(now, -ABANDONED_AFTER), BATCH);
    const overdue = await each(
      'overdue',
      await store.onboardings.overdue(later(now, -OVERDUE_AFTER), BATCH),
      nudge,
    );
    // A nudge mends nothing where the workflow itself fails: the next ones have their turn.
    await store.onboardings.markSwept([...overdue.seen, ...overdue.failed], now);
    return counts;

    /** The step decides and is the last to be forgotten: a crash on the way is made good by the next round. */
    async function callForMail(conversation: Conversation, reader: ChatSide): Promise<void> {
      const { _id } = conversation;
      const since = waitsSince(conversation, reader);
      if (!since) return;
      const outcome = await store.onboardings.take(_id, mailAboutChat({ reader, since, at: now }));
      if (outcome.done && !outcome.repeated) {
        await nudge(outcome.onboarding);
        await store.onboardings.markTold(_id, outcome.onboarding.seq);
      }
      await store.conversations.markMailed(_id, reader, since);
    }
  };
}
