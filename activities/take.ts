import type { Judge } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Facts, factsOf } from './facts.js';
import { present } from './present.js';

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
