import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Logger as TemporalLogger } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { stackOf } from '../monitoring/logging.js';

/**
 * Sets up what the SDK says of itself, before anything else of it is used: its lines go to our log, and, where `measured`,
 * its metrics can be read.
 * @returns its metrics in Prometheus' text format
 */
export async function installRuntime({
  log,
  measured,
}: {
  log: Logger;
  measured: boolean;
}): Promise<() => Promise<string>> {
  const bindAddress = measured ? `127.0.0.1:${await freePort()}` : undefined;
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(bindAddress && {
        metrics: {
          attachServiceName: false,
          prometheus: {
            bindAddress,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      }),
    },
  });
  // The SDK serves them on a port of its own, which is for this process only: whoever watches has one address.
  return async () => (bindAddress ? (await fetch(`http://${bindAddress}/metrics`)).text() : '');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The SDK's lines in our log: ids of workflow, run and activity, and of an error its type and stack without its message. */
export function temporalLogger(log: Logger): TemporalLogger {
  const write =
    (level: 'trace' | 'debug' | 'warn' | 'error') =>
    (message: string, meta: Record<string | symbol, unknown> = {}): void =>
      log[level](lineOf(meta), message);
  // What the SDK holds worth an `info` is about its own parts: how it bundles, what it does not poll for.
  const by = {
    TRACE: write('trace'),
    DEBUG: write('debug'),
    INFO: write('debug'),
    WARN: write('warn'),
    ERROR: write('error'),
  };
  return {
    log: (level, message, meta) => by[level](message, meta),
    trace: by.TRACE,
    debug: by.DEBUG,
    info: by.INFO,
    warn: by.WARN,
    error: by.ERROR,
  };
}

const NAMES = {
  workflowId: 'workflow',
  runId: 'run',
  workflowType: 'workflowType',
  activityType: 'activity',
  attempt: 'attempt',
  taskQueue: 'queue',
  durationMs: 'ms',
  /** Of our own lines in workflows: kind and ids of a message. */
  message: 'about',
} as const;

function lineOf(meta: Record<string | symbol, unknown>): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, short] of Object.entries(NAMES)) {
    const value = meta[name];
    if (typeof value === 'string' || typeof value === 'number') line[short] = value;
  }
  const { error } = meta;
  if (error === undefined) return line;
  const type = error instanceof ApplicationFailure ? error.type : undefined;
  return { ...line, ...(type && { failure: type }), stack: stackOf(error) };
}
