import type { Onboarding } from '../store/facts.js';
import type { Live, Seen } from '../workflows/client/gateway.js';
import type { Services } from './services.js';

/** How long the workflow and Temporal may take to answer. Milliseconds. */
const PATIENCE = 2_000;

export type Found =
  /** It answered. */
  | { is: 'running'; live: Live }
  /** Temporal has it running, and nobody answered for it. */
  | { is: 'no-worker'; seen: Seen }
  | { is: 'ended'; status: string }
  /** Temporal does not have it: not yet, or no more. */
  | { is: 'missing' }
  | { is: 'unreachable' };

/**
 * What the workflow itself says, and what Temporal sees of it. Where they do not answer it says that; nothing here is made up
 * from the database.
 */
export async function liveStateOf(
  onboarding: Pick<Onboarding, '_id' | 'attempt'>,
  { gateway }: Pick<Services, 'gateway'>,
): Promise<Found> {
  const [answer, found] = await Promise.allSettled([
    gateway.live(onboarding, PATIENCE),
    gateway.seen(onboarding, PATIENCE),
  ]);
  if (answer.status === 'fulfilled' && answer.value.status === 'RUNNING')
    return { is: 'running', live: answer.value };
  if (found.status === 'rejected') return { is: 'unreachable' };
  const seen = found.value;
  if (!seen) return { is: 'missing' };
  // One that has ended is known to have: asking it takes a worker.
  return seen.status === 'RUNNING' ? { is: 'no-worker', seen } : { is: 'ended', status: seen.status };
}
