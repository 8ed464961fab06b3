import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { z } from 'zod';
import type { Onboarding } from '../../store/facts.js';
import type { Services } from '../services.js';
import type { invitationDetail, LIVE_ABSENT } from './schemas.js';

type Absent = (typeof LIVE_ABSENT)[number];
type LiveAnswer = Pick<z.output<typeof invitationDetail>, 'live' | 'liveAbsent'>;

/** How long the workflow may take to answer. */
const PATIENCE = 2_000;
const ENDED_WELL = new Set(['COMPLETED', 'CONTINUED_AS_NEW']);

/** What the workflow says, or why nobody says anything. Nothing here comes from the database. */
export async function liveOf(
  onboarding: Onboarding,
  { gateway, log }: Pick<Services, 'gateway' | 'log'>,
): Promise<LiveAnswer> {
  try {
    const { status, alarmAt, seq: _, ...state } = await gateway.live(onboarding, PATIENCE);
    if (status !== 'RUNNING') return absent(ENDED_WELL.has(status) ? 'ended' : 'failed');
    return {
      live: {
        ...state,
        status,
        ...(alarmAt !== undefined && { actsAt: new Date(alarmAt).toISOString() }),
      },
    };
  } catch (error) {
    // Temporal forgets what ended long ago, and does not know yet what nobody has told it.
    if (error instanceof WorkflowNotFoundError)
      return absent(onboarding.untoldSince ? 'not-started' : 'ended');
    const name = error instanceof Error ? error.name : 'unknown';
    log.warn({ onboarding: onboarding._id, error: name }, 'no live state');
    if (!isGrpcServiceError(error) && name !== 'ServiceError') return absent('no-worker');
    const reachable = await gateway.ping().then(
      () => true,
      () => false,
    );
    return absent(reachable ? 'no-worker' : 'unreachable');
  }
}

const absent = (liveAbsent: Absent): LiveAnswer => ({ live: null, liveAbsent });
