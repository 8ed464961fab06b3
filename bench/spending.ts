import { availableParallelism } from 'node:os';
import { cpuMs, machineCpuMs } from './proc.js';
import type { Setting } from './setting.js';
import { median } from './statistics.js';

export const PROCESSES = ['Temporal', 'database', 'api', 'worker', 'bench'] as const;
export type Process = (typeof PROCESSES)[number];

/** Processor time of one part of a run. */
export interface Spending {
  /** Milliseconds; a process that does not run has spent nothing. */
  by: Record<Process, number>;
  /** The part of the machine that programs other than these have taken meanwhile. */
  others: number;
}

/** Begins to count; the returned function tells what has been spent since, or undefined where there is no /proc. */
export function countSpending({ service }: Setting): () => Spending | undefined {
  const pids: Record<Process, number | undefined> = {
    Temporal: service.temporal.pid,
    database: service.mongodb.pid,
    api: service.api.pid,
    worker: service.worker.pid,
    bench: process.pid,
  };
  const read = () => PROCESSES.map((name) => cpuMs(pids[name]) ?? 0);
  const [from, machineBefore, before] = [performance.now(), machineCpuMs(), read()];
  return () => {
    const [machineAfter, after] = [machineCpuMs(), read()];
    if (machineBefore === undefined || machineAfter === undefined) return undefined;
    const spent = (index: number) => (after[index] ?? 0) - (before[index] ?? 0);
    const by = Object.fromEntries(PROCESSES.map((name, index) => [name, spent(index)])) as Spending['by'];
    const ours = PROCESSES.reduce((total, name) => total + by[name], 0);
    const available = (performance.now() - from) * availableParallelism();
    return { by, others: Math.max(0, machineAfter - machineBefore - ours) / available };
  };
}

/** Medians over several parts, a thing done `times` times in each; undefined where it could not be counted. */
export function spentOnOne(parts: readonly (Spending | undefined)[], times: number): Spending | undefined {
  const known = parts.filter((each) => each !== undefined);
  if (known.length === 0) return undefined;
  const of = (name: Process) => median(known.map(({ by }) => by[name])) / times;
  return {
    by: Object.fromEntries(PROCESSES.map((name) => [name, of(name)])) as Spending['by'],
    others: median(known.map(({ others }) => others)),
  };
}
