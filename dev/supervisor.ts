import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild, hasEnded, killChild, spawnBound } from './supervisor/bound-child.js';

export type Report = (line: string) => void;

export interface SuperviseOptions {
  name: string;
  command: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Both outputs are added to `<dataDir>/logs/<name>.log`. */
  dataDir: string;
  /** A URL that answers with 2xx, or a function that resolves, once the program is of use; tried until it is. */
  ready?: string | (() => Promise<unknown>);
  /** Milliseconds; 60,000 unless given. */
  readyTimeout?: number;
  /** Start it again, after 0.25 s doubling to 10 s, whenever it dies without being asked to. */
  restart?: boolean;
  report: Report;
}

export interface Supervised {
  readonly name: string;
  readonly logFile: string;
  /** The running process; undefined while there is none. */
  readonly pid: number | undefined;
  /** SIGTERM, then SIGKILL after 10 s. It stays down. */
  stop(): Promise<void>;
  /** SIGKILL. It stays down. */
  kill(): Promise<void>;
}

const graceMs = 10_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** Having run this long, a program's next death counts as its first. */
const settledMs = 30_000;

/**
 * Starts a program that dies with this process and waits until it is ready. Rejects with the end of its log if it
 * ends before that or takes too long.
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { name, dataDir, report } = options;
  const logFile = join(dataDir, 'logs', `${name}.log`);
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const down = new AbortController();
  let child = launch(options, logFile);
  try {
    await untilReady(options, child);
  } catch (error) {
    await killChild(child);
    throw new Error(`${name} did not start: ${messageOf(error)}\n${tail(logFile)}`);
  }
  if (options.restart) void keepAlive();

  async function keepAlive() {
    let pause = firstPauseMs;
    for (;;) {
      const startedAt = Date.now();
      await untilExit(child);
      if (down.signal.aborted) return;
      if (Date.now() - startedAt > settledMs) pause = firstPauseMs;
      report(
        `${name} ended unexpectedly (${outcome(child)}); starting it again in ${pause / 1000} s, see ${logFile}`,
      );
      await delay(pause, undefined, { signal: down.signal }).catch(() => {});
      if (down.signal.aborted) return;
      pause = Math.min(pause * 2, longestPauseMs);
      child = launch(options, logFile);
    }
  }

  return {
    name,
    logFile,
    get pid() {
      return hasEnded(child) ? undefined : child.pid;
    },
    async stop() {
      down.abort();
      await endChild(child, { graceMs });
    },
    async kill() {
      down.abort();
      await killChild(child);
    },
  };
}

function launch({ command, args = [], env, cwd }: SuperviseOptions, logFile: string): ChildProcess {
  const output = openSync(logFile, 'a');
  try {
    return spawnBound({ command, args, env, cwd, output });
  } finally {
    closeSync(output);
  }
}

async function untilReady({ ready, readyTimeout = 60_000 }: SuperviseOptions, child: ChildProcess) {
  if (ready === undefined) return;
  const attempt = typeof ready === 'string' ? () => answers(ready) : ready;
  const deadline = Date.now() + readyTimeout;
  for (;;) {
    if (hasEnded(child)) throw new Error(outcome(child));
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`no answer within ${readyTimeout / 1000} s (${messageOf(error)})`);
      await delay(50);
    }
  }
}

async function answers(url: string) {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}

async function untilExit(child: ChildProcess) {
  if (!hasEnded(child)) await once(child, 'exit');
}

function outcome(child: ChildProcess): string {
  if (child.pid === undefined) return 'it could not be run';
  return child.signalCode ? `killed by ${child.signalCode}` : `exit code ${child.exitCode}`;
}

function tail(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
