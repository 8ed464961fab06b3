import type { Onboarding } from '../../store/facts.js';
import type { World } from './world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Lets time pass, a little at a time, until it is so. Retries in a world that skips time come only while it passes.
 * @throws after `within` milliseconds of skipped time.
 */
export async function passUntil(
  world: World,
  what: string,
  ask: () => Promise<boolean> | boolean,
  { step = 2_000, within = 10 * MINUTE }: { step?: number; within?: number } = {},
): Promise<void> {
  const until = world.now().getTime() + within;
  while (!(await ask())) {
    if (world.now().getTime() > until) throw new Error(`${within} ms of skipped time went by before ${what}`);
    await world.pass(step);
  }
}

/** Lets time pass until the stored onboarding fits. */
export function passUntilStored(
  world: World,
  id: string,
  fits: (o: Onboarding) => boolean,
  pace: { step?: number; within?: number } = {},
): Promise<void> {
  return passUntil(
    world,
    `the onboarding fits ${fits}`,
    async () => {
      const onboarding = await world.store.onboardings.find(id);
      return onboarding !== null && fits(onboarding);
    },
    pace,
  );
}

export { HOUR, MINUTE };
