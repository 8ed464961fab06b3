import { ApplicationFailure } from '@temporalio/common';
import type { Onboarding } from '../store/facts.js';
import type { Judge } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Facts, factsOf } from './facts.js';

/** Takes a step for the workflow and answers with the facts after it; mails to others that the step calls for are set going. */
export function createTake({
  store,
  policy,
  notify,
}: Pick<ActivityDependencies, 'store' | 'policy' | 'notify'>) {
  return async function take(onboardingId: string, judge: Judge): Promise<Facts> {
    const outcome = await store.onboardings.take(onboardingId, judge);
    const onboarding = present(outcome.onboarding, onboardingId);
    if (outcome.done && onboarding.notices.length > 0) await notify(onboarding);
    return factsOf(onboarding, policy);
  };
}

/** Gone for good: no retry brings it back. */
export function present(onboarding: Onboarding | null | undefined, id: string): Onboarding {
  if (!onboarding) throw ApplicationFailure.nonRetryable(`Onboarding ${id} does not exist`, 'not-found');
  return onboarding;
}
