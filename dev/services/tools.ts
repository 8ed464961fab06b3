import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** `.data/tools` of the project: programs fetched once and shared by every start and every test. */
export const defaultToolsDir = fileURLToPath(new URL('../../../.data/tools', import.meta.url));

/** A file beside this one in the sources, such as a list of packages. */
export function sourceFile(name: string): string {
  return fileURLToPath(new URL(`../../../dev/services/${name}`, import.meta.url));
}

/**
 * The folder `<toolsDir>/<name>`, filled by `install` unless it exists. It is filled elsewhere and renamed when
 * complete, so that a broken or doubled installation never leaves half of a tool.
 */
export async function installOnce(options: {
  toolsDir: string;
  name: string;
  install: (dir: string) => Promise<void>;
}): Promise<string> {
  const { toolsDir, name, install } = options;
  const target = join(toolsDir, name);
  if (await exists(target)) return target;
  await mkdir(toolsDir, { recursive: true });
  const draft = await mkdtemp(join(toolsDir, `.${name}-`));
  try {
    await install(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw error; // else another process was faster
  }
  return target;
}

/** The full path of a program on PATH. Throws an Error where there is none. */
export async function findOnPath({
  program,
  env,
}: {
  program: string;
  env: NodeJS.ProcessEnv;
}): Promise<string> {
  for (const dir of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(dir, program);
    if (await exists(path, constants.X_OK)) return path;
  }
  throw new Error(`no ${program} there`);
}

/** Runs a program to its end. Throws an Error with the last line it said where it fails. */
export async function run(
  command: string,
  args: string[],
  { env }: { env: NodeJS.ProcessEnv },
): Promise<void> {
  try {
    await promisify(execFile)(command, args, { env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new Error(failureOf(command, error));
  }
}

function failureOf(command: string, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return `${command} is not installed`;
  const said = ['stderr', 'stdout'].map((key) => String(Reflect.get(error, key) ?? '').trim()).find(Boolean);
  const line = said?.split('\n').find((text) => /error|no module/i.test(text)) ?? said?.split('\n').at(-1);
  return `${command} failed: ${line ?? error.message}`;
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
