import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder. */
export function newDir(): string {
  return mkdtempSync(join(tmpdir(), 'services-'));
}

/** Writes a shell script that can be run under its name in `dir`. */
export function writeProgram({ dir, name, script }: { dir: string; name: string; script: string }) {
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
