import { setInterval } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not undefined or false, for what can be watched but does not announce itself.
 * @throws after `within` milliseconds, with what was waited for.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  within = 20_000,
): Promise<T> {
  const until = Date.now() + within;
  for await (const _ of setInterval(20)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > until) break;
  }
  throw new Error(`Waited ${within} ms in vain until ${what}`);
}
