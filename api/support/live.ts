import type { Onboarding, Stage } from '../../store/facts.js';
import type { Services } from '../services.js';
import type { SupportLive } from '../views/support-models.js';

const PATIENCE = 2_000;
/** At these the workflow has still something to do. */
const OPEN = new Set<Stage>(['invited', 'verifying', 'enrolling', 'confirming']);

/**
 * The live state: what the workflow itself says, and what Temporal sees of it. Where they do not answer it says that;
 * nothing here is made up from the database.
 */
export async function liveOf(
  { gateway }: Pick<Services, 'gateway'>,
  onboarding: Onboarding,
): Promise<SupportLive> {
  const [answer, seen] = await Promise.allSettled([
    gateway.live(onboarding, PATIENCE),
    gateway.seen(onboarding, PATIENCE),
  ]);
  if (answer.status === 'fulfilled' && answer.value.status === 'RUNNING') {
    const { stage, sending, alarmAt, pending } = answer.value;
    return {
      state: 'running',
      stage,
      // `<kind>.<nth>.<link or challenge>`: the id is no use to anybody here.
      sending: sending.map((name) => ({ kind: name.split('.')[0] ?? name })),
      ...(alarmAt !== undefined && { alarmAt: new Date(alarmAt) }),
      pending,
    };
  }
  if (seen.status === 'rejected') return { state: 'unreachable' };
  if (!seen.value) return { state: 'missing' };
  const { status, pending } = seen.value;
  if (status === 'RUNNING') return { state: 'no-worker', status, pending };
  return { state: 'ended', status, asExpected: status === 'COMPLETED' && !OPEN.has(onboarding.stage) };
}
