import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * The shell becomes the program (`exec`), so the child's pid is the program's. Before that it leaves a watcher behind
 * that reads a pipe held open by this process: when this process dies, however it dies, the pipe closes and the
 * watcher kills the program's whole group. A line on the pipe dismisses the watcher instead, since the pid of a
 * program that has ended may belong to another by then.
 */
const wrapper = `
  ( trap '' INT TERM HUP; exec </dev/null >/dev/null 2>&1
    read -r dismissed <&3 || kill -s KILL -- -$$ ) &
  exec "$@" 3<&-`;

export interface BoundChildOptions {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string | undefined;
  /** An open file for both outputs. */
  output: number;
}

/** Starts a program that cannot outlive this process. It has a process group of its own: Ctrl-C does not reach it. */
export function spawnBound({ command, args, env, cwd, output }: BoundChildOptions): ChildProcess {
  const child = spawn('/bin/sh', ['-c', wrapper, 'sh', command, ...args], {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
  });
  child.on('error', () => {}); // not run at all: `hasEnded` tells
  const lifeline = child.stdio[3] as Writable;
  lifeline.on('error', () => {}); // the watcher was killed too
  child.once('exit', () => lifeline.end('dismissed\n'));
  return child;
}

/** Ends the program: SIGTERM, and SIGKILL for its group if it still runs after `graceMs`. */
export async function endChild(child: ChildProcess, { graceMs }: { graceMs: number }): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Kills the program and what it started, at once; resolves when it is gone. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  killGroup(child);
  await ended;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function killGroup(child: ChildProcess) {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
