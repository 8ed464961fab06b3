import type { Onboarding, Stage } from '../../store/facts.js';
import { liveStateOf } from '../live-state.js';
import type { Services } from '../services.js';
import type { SupportLive } from '../views/support-models.js';

/** At these the workflow has still something to do. */
const OPEN = new Set<Stage>(['invited', 'verifying', 'enrolling', 'confirming']);

/** The live state as the console shows it. */
export async function liveOf(
  services: Pick<Services, 'gateway'>,
  onboarding: Onboarding,
): Promise<SupportLive> {
  const found = await liveStateOf(onboarding, services);
  switch (found.is) {
    case 'running': {
      const { stage, sending, alarmAt, pending } = found.live;
      return {
        state: 'running',
        stage,
        // `<kind>.<nth>.<link or challenge>`: the id is no use to anybody here.
        sending: sending.map((name) => ({ kind: name.split('.')[0] ?? name })),
        ...(alarmAt !== undefined && { alarmAt: new Date(alarmAt) }),
        pending,
      };
    }
    case 'no-worker':
      return { state: 'no-worker', status: found.seen.status, pending: found.seen.pending };
    case 'ended': {
      const asExpected = found.status === 'COMPLETED' && !OPEN.has(onboarding.stage);
      return { state: 'ended', status: found.status, asExpected };
    }
    default:
      return { state: found.is };
  }
}
