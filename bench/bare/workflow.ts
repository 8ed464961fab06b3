import {
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { BareActivities } from './activities.js';
import { bareSignal } from './messages.js';

const { step, ring } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '5s' });
const { send } = proxyActivities<BareActivities>({ startToCloseTimeout: '60s' });

/**
 * What an onboarding is to Temporal and nothing else: the signals, timers, activities and local activities of one journey in
 * their order, with nothing to decide, to store or to send. The yardstick for the whole.
 */
export async function bareOnboarding(id: string): Promise<void> {
  let signals = 0;
  setHandler(bareSignal, () => {
    signals++;
  });
  let alarm = new CancellationScope();
  const setAlarm = (duration: '1 day' | '3 days' | '20 hours') => {
    alarm.cancel();
    alarm = new CancellationScope();
    alarm
      .run(() => sleep(duration))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  };

  await step();
  const invitation = send({ id, kind: 'invitation' }).then(() => signals < 2 && setAlarm('3 days'));
  await condition(() => signals > 1);
  await step();
  alarm.cancel();
  const verification = send({ id, kind: 'verification' }).then(() => signals < 3 && setAlarm('20 hours'));
  await condition(() => signals > 2);
  await step();
  setAlarm('1 day');
  await condition(() => signals > 3);
  await step();
  const code = send({ id, kind: 'code' });
  await condition(() => signals > 4);
  await step();
  await step();
  await Promise.all([invitation, verification, code]);
}

/** A timer and the one short step after it. */
export async function bareDeadline(at: number): Promise<void> {
  await sleep(at - Date.now());
  await ring();
}
