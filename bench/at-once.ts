import { setTimeout as delay } from 'node:timers/promises';

/** Does `work` `times` times, `atOnce` of them at any moment; @returns how many were done a second. */
export async function rateOf(input: {
  times: number;
  atOnce: number;
  work: () => Promise<unknown>;
}): Promise<number> {
  const { times, atOnce, work } = input;
  let begun = 0;
  const one = async () => {
    while (begun < times) {
      begun++;
      await work();
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: atOnce }, one));
  return (times * 1_000) / (performance.now() - from);
}

/** Waits for all, but no longer than `longest` milliseconds. @returns how many had not come by then, or have failed. */
export async function lateOf(all: readonly Promise<unknown>[], longest: number): Promise<number> {
  let late = all.length;
  const settled = Promise.allSettled(all.map((each) => each.then(() => late--)));
  const patience = new AbortController();
  await Promise.race([settled, delay(longest, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  return late;
}
