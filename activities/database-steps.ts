import { activate, block, expireInvite } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Facts, factsOf } from './facts.js';
import { present } from './present.js';
import { createTake } from './take.js';

export interface StepInput {
  onboardingId: string;
  /** Workflow time in milliseconds since the epoch: deadlines are judged by it. */
  asOf: number;
}

/** The short steps that the workflow asks the database for; each answers with the facts as they stand after it. */
export function databaseSteps(dependencies: ActivityDependencies) {
  const { store, policy, clock } = dependencies;
  const take = createTake(dependencies);

  return {
    async look({ onboardingId }: StepInput): Promise<Facts> {
      return factsOf(present(await store.onboardings.find(onboardingId), onboardingId), policy);
    },
    async block({ onboardingId, asOf }: StepInput): Promise<Facts> {
      const facts = await take(onboardingId, block({ asOf: new Date(asOf) }, policy));
      if (facts.stage === 'blocked') await store.sessions.closeAllOf(onboardingId);
      return facts;
    },
    expireInvite: ({ onboardingId, asOf }: StepInput) =>
      take(onboardingId, expireInvite({ asOf: new Date(asOf) }, policy)),
    /** What is left of somebody outside of the document; the decision has emptied that. */
    async erase({ onboardingId }: StepInput): Promise<Facts> {
      await store.erasure.eraseTraces(onboardingId);
      return factsOf(present(await store.onboardings.find(onboardingId), onboardingId), policy);
    },
    activate: ({ onboardingId }: StepInput) => take(onboardingId, activate({ at: clock() })),
  };
}
