import type { z } from 'zod';
import type { Onboarding } from '../../store/facts.js';
import { liveStateOf } from '../live-state.js';
import type { Services } from '../services.js';
import type { invitationDetail, LIVE_ABSENT } from './schemas.js';

type Absent = (typeof LIVE_ABSENT)[number];
type LiveAnswer = Pick<z.output<typeof invitationDetail>, 'live' | 'liveAbsent'>;

const ENDED_WELL = new Set(['COMPLETED', 'CONTINUED_AS_NEW']);

/** What the workflow says, or why nobody says anything. */
export async function liveOf(
  onboarding: Onboarding,
  services: Pick<Services, 'gateway'>,
): Promise<LiveAnswer> {
  const found = await liveStateOf(onboarding, services);
  switch (found.is) {
    case 'running': {
      const { alarmAt, seq: _, ...live } = found.live;
      const actsAt = alarmAt === undefined ? {} : { actsAt: new Date(alarmAt).toISOString() };
      return { live: { ...live, ...actsAt } };
    }
    case 'ended':
      return absent(ENDED_WELL.has(found.status) ? 'ended' : 'failed');
    case 'missing':
      // Temporal forgets what ended long ago, and does not know yet what nobody has told it.
      return absent(onboarding.untoldSince ? 'not-started' : 'ended');
    default:
      return absent(found.is);
  }
}

const absent = (liveAbsent: Absent): LiveAnswer => ({ live: null, liveAbsent });
