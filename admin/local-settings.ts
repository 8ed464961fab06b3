import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Environment } from '../config/read.js';
import { UsageError } from './command.js';

export type AdminEnvironment = Environment;

const FILE = 'settings.json';
const schema = z.object({ pid: z.number().int(), settings: z.record(z.string(), z.string()) });

export const dataDirOf = (env: AdminEnvironment): string =>
  env['DATA_DIR'] || fileURLToPath(new URL('../../.data', import.meta.url));

/** Settings from the environment; where it names no database, those that the running `npm start` has left beside its data. */
export function settingsFor(env: AdminEnvironment): AdminEnvironment {
  if (env['MONGODB_URI'] || env['MONGODB_URI_FILE'] || env['NODE_ENV'] === 'production') return env;
  const local = read(env);
  if (!local || !isAlive(local.pid)) {
    throw new UsageError(
      `No MONGODB_URI is given and no local service is running (looked in ${dataDirOf(env)}). Run npm start first, or set MONGODB_URI and TEMPORAL_ADDRESS.`,
    );
  }
  return { ...local.settings, ...env };
}

export function runningLocally(env: AdminEnvironment): boolean {
  const local = read(env);
  return local !== undefined && isAlive(local.pid);
}

function read(env: AdminEnvironment): z.output<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(dataDirOf(env), FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Signal 0 asks without touching; EPERM means that somebody else's process has the number. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
