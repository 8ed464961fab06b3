import { activityInfo, Context } from '@temporalio/activity';

/**
 * A round that says, several times in each heartbeat timeout, that it is at work: Temporal notices within that time that its worker
 * has died, and not only when the round should long have ended.
 */
export const beating =
  <Counts>(round: () => Promise<Counts>) =>
  async (): Promise<Counts> => {
    const context = Context.current();
    const beats = setInterval(() => context.heartbeat(), (activityInfo().heartbeatTimeoutMs ?? 10_000) / 4);
    try {
      return await round();
    } finally {
      clearInterval(beats);
    }
  };
