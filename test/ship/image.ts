import { constants, existsSync } from 'node:fs';
import { cp, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { ROOT, read } from '../docs/documents.js';
import { dockerStages } from './files.js';

/** Lays out in a folder what the image has in `/app`: the files that the Dockerfile's last stage copies, and no others. */
export async function layOutImage(folder: string): Promise<void> {
  const copies = (await dockerStages()).at(-1)?.copies ?? [];
  for (const { source, target } of copies) {
    if (source === 'node_modules') await copyProductionPackages(folder);
    // `./` as the target keeps the name.
    else await cp(join(ROOT, source), join(folder, target === './' ? source : target), { recursive: true });
  }
}

const lockFile = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })) });

/** What the Dockerfile takes away after `npm prune --omit=dev`. */
const COMPILER = /^node_modules\/(typescript$|@typescript\/)/;

/** What `npm prune --omit=dev` leaves, without the compiler, and of Temporal's native bridge this machine's kind. */
async function copyProductionPackages(folder: string): Promise<void> {
  const { packages } = lockFile.parse(JSON.parse(await read('package-lock.json')));
  for (const [path, { dev }] of Object.entries(packages)) {
    const source = join(ROOT, path);
    // What is for other platforms is in the lock file alone.
    if (dev || path === '' || COMPILER.test(path) || !existsSync(source)) continue;
    await cp(source, join(folder, path), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (each) => !each.slice(source.length).includes('/node_modules') && !isOtherBridge(each),
    });
  }
}

function isOtherBridge(source: string): boolean {
  const [, kind] = /core-bridge\/releases\/([^/]+)$/.exec(source) ?? [];
  const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  return kind !== undefined && !kind.startsWith(`${arch}-`);
}

/** Every file with its size and the time of its last change. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(path);
      return `${relative(folder, path)} ${size} ${mtimeMs}`;
    }),
  );
}
