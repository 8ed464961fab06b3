import type { Worker } from '@temporalio/worker';

/**
 * Runs workers until all of them have ended, as a signal makes them. Where one fails the others are told to end and waited for:
 * what they hold must not be closed under them.
 * @throws what the first of them failed with.
 */
export async function runAll(
  workers: readonly Pick<Worker, 'run' | 'shutdown' | 'getState'>[],
): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } catch (error) {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
    throw error;
  }
}
