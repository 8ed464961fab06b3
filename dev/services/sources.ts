import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../supervisor.js';

/** Where a service's program comes from. `given` means that an address was handed in and nothing is started. */
export type SourceName = 'given' | 'path' | 'vendor' | 'package';

export interface Source<Program> {
  name: Exclude<SourceName, 'given'>;
  /** Finds the program, fetching it where needed; throws an Error that says why it has none. */
  locate: () => Promise<Program>;
}

export interface Choice<Program> {
  source: Exclude<SourceName, 'given'>;
  program: Program;
}

interface ChooseOptions<Program> {
  service: string;
  /** Holds `sources.json`. */
  dir: string;
  sources: Source<Program>[];
  /** What a user can install by hand when every source has failed. */
  advice: string;
  report: Report;
}

/**
 * The first source that has the program. The choice is written to `<dir>/sources.json` and kept: data written by one
 * program is of no use to another. Throws an Error that lists what was tried.
 */
export async function chooseSource<Program>(options: ChooseOptions<Program>): Promise<Choice<Program>> {
  const { service, dir, sources, advice, report } = options;
  const recorded = readRecord(dir)[service];
  const candidates = recorded ? sources.filter((source) => source.name === recorded) : sources;
  const failures: string[] = [];
  for (const { name, locate } of candidates) {
    try {
      const program = await locate();
      if (!recorded) record(dir, service, name);
      report(`${service}: from ${describe[name]}`);
      return { source: name, program };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(`${service}: not from ${describe[name]} (${reason})`);
      failures.push(`  ${describe[name]}: ${reason}`);
    }
  }
  const kept = recorded ? `It was first started from there, and ${dir} keeps to it until it is reset.\n` : '';
  throw new Error(`${service} could not be found. Tried:\n${failures.join('\n')}\n${kept}${advice}`);
}

const describe: Record<Exclude<SourceName, 'given'>, string> = {
  path: 'PATH',
  vendor: "the vendor's download",
  package: 'the registry package',
};

function readRecord(dir: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(join(dir, 'sources.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** Synchronous throughout, so that services which start side by side do not lose each other's line. */
function record(dir: string, service: string, name: string) {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'sources.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...readRecord(dir), [service]: name }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
