import type { Onboarding, OnboardingEvent } from '../store/facts.js';
import type { Store } from '../store/open.js';

export type Happened = Pick<OnboardingEvent, 'seq' | 'type' | 'at' | 'actor'>;

/**
 * Every event once, newest last: those that are filed, and those that still wait in the outbox. The onboarding was read
 * before the trail, so that what is filed meanwhile stands in both and nothing in neither.
 */
export async function happenedTo(
  onboarding: Onboarding,
  { audit }: Pick<Store, 'audit'>,
): Promise<Happened[]> {
  const bySeq = new Map<number, Happened>();
  for (const row of await audit.of(onboarding._id)) bySeq.set(row.seq, row as Happened);
  for (const event of onboarding.outbox) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
