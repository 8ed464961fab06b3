import { later } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';

export interface SweepCounts {
  told: number;
  overdue: number;
  filed: number;
}

/** A door tells the workflow within moments; what is older was lost between its write and its nudge. */
const UNTOLD_AFTER = 5_000;
const OVERDUE_AFTER = 60_000;
const BATCH = 200;

/** One round of the sweeper. A failure on one onboarding ends the round; the next round begins with it again. */
export function sweepOnce({ store, nudge, clock }: ActivityDependencies) {
  return async function sweepOnce(): Promise<SweepCounts> {
    const now = clock();
    const untold = await store.onboardings.untold(later(now, -UNTOLD_AFTER), BATCH);
    for (const onboarding of untold) {
      await nudge(onboarding);
      await store.onboardings.markTold(onboarding._id, onboarding.seq);
    }
    const overdue = await store.onboardings.overdue(later(now, -OVERDUE_AFTER), BATCH);
    for (const onboarding of overdue) await nudge(onboarding);
    const unfiled = await store.onboardings.unfiled(BATCH);
    for (const onboarding of unfiled) {
      await store.audit.file(onboarding);
      await store.onboardings.markFiled(onboarding._id, onboarding.seq);
    }
    return { told: untold.length, overdue: overdue.length, filed: unfiled.length };
  };
}
