import { eraseEnded as eraseEndedStep, later } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { createReseal } from './reseal.js';

const BATCH = 100;
/** What was on its way while somebody was erased (a message to support, a record of a mail) has arrived by then. */
const STRAGGLERS_WITHIN = 2 * 24 * 3_600_000;
/** Of the minute that a try has. After many were erased in one day the rest of this is left to the next one. */
const STRAGGLERS_FOR = 30_000;

/** What is done so that nothing is kept for longer than it is needed. All of it may be done twice. */
export function retention(dependencies: ActivityDependencies) {
  const { store, policy, nudge, clock } = dependencies;
  const reseal = createReseal(dependencies);

  return {
    /** Erases a batch of those who never came in. Their traces are erased by a workflow, as when support erases somebody. */
    async eraseEnded(): Promise<{ done: number; more: boolean }> {
      const at = clock();
      const ended = await store.onboardings.endedLongAgo(at, BATCH);
      let done = 0;
      for (const { _id } of ended) {
        const outcome = await store.onboardings.take(_id, eraseEndedStep({ asOf: at }, policy));
        if (!outcome.done) continue;
        await nudge(outcome.onboarding);
        await store.onboardings.markTold(_id, outcome.onboarding.seq);
        done++;
      }
      return { done, more: ended.length === BATCH && done > 0 };
    },

    /**
     * Also seals anew what an older key has sealed: here, and not as an activity of its own, for the workflows that run know of
     * none.
     * @returns how many records went.
     */
    async deleteExpired(): Promise<number> {
      const at = clock();
      const before = (kept: number) => later(at, -kept);
      const deleted = [
        await store.sessions.deleteExpired(at),
        await store.idempotency.deleteExpired(at),
        await store.limits.deleteExpired(at),
        await store.onboardings.dropNoticesBefore(before(policy.noticesTriedFor)),
        await store.messages.deleteBefore(before(policy.retainMessages)),
        await store.conversations.deleteBefore(before(policy.retainConversations)),
        await store.batches.deleteDoneBefore(before(policy.retainEnded)),
        await eraseKeysEndedBefore(before(policy.retainEnded)),
      ];
      await store.onboardings.forgetPendingAuthenticators(before(policy.authenticatorSetup));
      await reseal();
      await clearStragglers(at);
      return deleted.reduce((sum, each) => sum + each, 0);
    },
  };

  async function eraseKeysEndedBefore(before: Date): Promise<number> {
    const keys = await store.apiKeys.endedBefore(before);
    for (const key of keys) await store.erasure.eraseKey(key);
    return keys.length;
  }

  /** Those whose erasure is not finished come first. */
  async function clearStragglers(at: Date): Promise<void> {
    const until = later(at, STRAGGLERS_FOR);
    for (const id of await store.onboardings.erasedSince(later(at, -STRAGGLERS_WITHIN))) {
      if (clock() > until) return;
      await store.erasure.eraseTraces(id);
    }
  }
}
