import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Onboarding } from '../store/facts.js';
import type { Gateway } from '../workflows/client/gateway.js';
import { concerns } from './requests.js';

/** Tells the workflow that facts have changed. Never fails: what was not told, the sweeper tells. */
export type Teller = (onboarding: Onboarding) => Promise<void>;

/** How long an answer waits for Temporal to take the nudge (it never waits for a worker). */
const PATIENCE = 1_000;
/** How long the nudge itself goes on behind the answer: a busy Temporal takes it late, and the sweeper is up to 35 s away. */
const PERSISTENCE = 15_000;

export function createTeller(input: {
  store: { onboardings: { markTold(id: string, seq: number): Promise<unknown> } };
  gateway: Pick<Gateway, 'nudge'> & { client: Pick<Client, 'withDeadline'> };
  log: Pick<Logger, 'warn'>;
  patience?: number;
}): Teller {
  const { store, gateway, log, patience = PATIENCE } = input;

  async function tell(onboarding: Onboarding): Promise<void> {
    try {
      await gateway.client.withDeadline(Date.now() + PERSISTENCE, () => gateway.nudge(onboarding));
      await store.onboardings.markTold(onboarding._id, onboarding.seq);
    } catch (error) {
      log.warn(
        { onboarding: onboarding._id, error: error instanceof Error ? error.name : 'unknown' },
        'not told',
      );
    }
  }

  return async (onboarding) => {
    concerns(onboarding._id);
    const waiting = new AbortController();
    const enough = delay(patience, undefined, { signal: waiting.signal }).catch(() => {});
    await Promise.race([tell(onboarding), enough]);
    waiting.abort();
  };
}
