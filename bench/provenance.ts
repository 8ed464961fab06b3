import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Of which code, when and on what a run was made: the line by which two of them are told apart. */
export function provenance(at: Date): string {
  const [load = 0] = loadavg();
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}`;
  return `${commit()}, ${at.toISOString().slice(0, 16)}Z, ${machine}, load ${load.toFixed(1)} at the start.`;
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const changed = git('status', '--porcelain') === '' ? '' : ' with changes';
    return `Commit ${git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    return 'No commit known';
  }
}
