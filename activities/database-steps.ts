import { ApplicationFailure } from '@temporalio/common';
import type { Onboarding } from '../store/facts.js';
import { activate, block, expireInvite, type Judge } from '../store/steps.js';
import { type Facts, factsOf } from './facts.js';
import type { ActivityDependencies } from './index.js';

export interface StepInput {
  onboardingId: string;
  /** Workflow time in milliseconds since the epoch: deadlines are judged by it. */
  asOf: number;
}

/** The short steps that the workflow asks the database for; each answers with the facts as they stand after it. */
export function databaseSteps({ store, policy, clock }: ActivityDependencies) {
  async function take(onboardingId: string, judge: Judge): Promise<Facts> {
    const { onboarding } = await store.onboardings.take(onboardingId, judge);
    return factsOf(present(onboarding, onboardingId), policy);
  }

  return {
    async look({ onboardingId }: StepInput): Promise<Facts> {
      return factsOf(present(await store.onboardings.find(onboardingId), onboardingId), policy);
    },
    block: ({ onboardingId, asOf }: StepInput) => take(onboardingId, block({ asOf: new Date(asOf) }, policy)),
    expireInvite: ({ onboardingId, asOf }: StepInput) =>
      take(onboardingId, expireInvite({ asOf: new Date(asOf) }, policy)),
    activate: ({ onboardingId }: StepInput) => take(onboardingId, activate({ at: clock() })),
  };
}

/** Erased for good: no retry brings it back. */
export function present(onboarding: Onboarding | null | undefined, id: string): Onboarding {
  if (!onboarding) throw ApplicationFailure.nonRetryable(`Onboarding ${id} does not exist`, 'not-found');
  return onboarding;
}
