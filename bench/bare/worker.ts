import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { BareActivities } from './activities.js';
import { BARE_QUEUE } from './messages.js';

export interface BareWorker {
  /** Resolves when the activity that stands for this message has run, in place of an inbox. */
  sent(id: string, kind: string): Promise<void>;
  /** How many timers of `bareDeadline` have rung. */
  rung(): number;
  stop(): Promise<void>;
}

const silent = new DefaultLogger('ERROR', () => {});

/** The bare workflow's worker, in this process, as large as the service's own. */
export async function startBareWorker(address: string): Promise<BareWorker> {
  // Whoever interrupts a run interrupts `main.ts`, which stops everything in order.
  Runtime.install({
    logger: silent,
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
    shutdownSignals: [],
  });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: new URL('./workflow.js', import.meta.url).pathname,
    logger: silent,
  });
  const ran = new Set<string>();
  let rings = 0;
  const waiting = new Map<string, () => void>();
  const activities: BareActivities = {
    step: async () => ({ stage: 'invited', seq: 1 }),
    async ring() {
      rings++;
    },
    async send({ id, kind }) {
      const message = `${kind} ${id}`;
      ran.add(message);
      waiting.get(message)?.();
      return { stage: 'invited', seq: 1 };
    },
  };
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    workflowBundle,
    activities,
    taskQueue: BARE_QUEUE,
    maxCachedWorkflows: 500,
    maxConcurrentWorkflowTaskExecutions: 20,
    maxConcurrentActivityTaskExecutions: 20,
  });
  const running = worker.run();

  return {
    async sent(id, kind) {
      const message = `${kind} ${id}`;
      if (!ran.has(message)) await new Promise<void>((resolve) => waiting.set(message, resolve));
      waiting.delete(message);
    },
    rung: () => rings,
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
