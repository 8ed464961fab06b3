import { readFileSync } from 'node:fs';

/** Ticks a second in /proc; the same on every Linux that Node runs on. */
const TICKS = 100;
const toMs = (ticks: number) => (ticks * 1_000) / TICKS;

/** Milliseconds of processor time that a process has used, its threads included; undefined where there is no /proc. */
export function cpuMs(pid: number | undefined): number | undefined {
  try {
    // The second field is the program's name in brackets and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return toMs(Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
}

/** The same of everything on this machine, whoever it belongs to. */
export function machineCpuMs(): number | undefined {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
      /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? [];
    return toMs(user + nice + system + irq + softirq);
  } catch {
    return undefined;
  }
}

/** Bytes of memory that a process occupies; undefined where there is no /proc. */
export function memoryOf(pid: number | undefined): number | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
  } catch {
    return undefined;
  }
}
