import type { Logger } from 'pino';
import type { Onboarding } from '../store/facts.js';
import type { Store } from '../store/open.js';
import type { Gateway } from '../workflows/gateway.js';

/** Tells the workflow that facts have changed. Never fails: what was not told, the sweeper tells. */
export type Teller = (onboarding: Onboarding) => Promise<void>;

/** How long an answer waits for Temporal to take the nudge (it never waits for a worker). */
const PATIENCE = 1_000;

export function createTeller(input: {
  store: Store;
  gateway: Pick<Gateway, 'nudge' | 'client'>;
  log: Logger;
}): Teller {
  const { store, gateway, log } = input;
  return async (onboarding) => {
    try {
      await gateway.client.withDeadline(Date.now() + PATIENCE, () => gateway.nudge(onboarding));
      await store.onboardings.markTold(onboarding._id, onboarding.seq);
    } catch (error) {
      log.warn(
        { onboarding: onboarding._id, error: error instanceof Error ? error.name : 'unknown' },
        'not told',
      );
    }
  };
}
