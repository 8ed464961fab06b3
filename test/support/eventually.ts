import { setInterval } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not undefined or false, for what can be watched but does not announce itself.
 * @param every milliseconds between two questions; more where the one asked counts its callers
 * @throws after `within` milliseconds, with what was waited for.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  within = 20_000,
  every = 20,
): Promise<T> {
  const until = Date.now() + within;
  for await (const _ of setInterval(every)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > until) break;
  }
  throw new Error(`Waited ${within} ms in vain until ${what}`);
}
