import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { type MongoService, startMongo } from '../../dev/services/mongodb.js';
import { startTemporal, type TemporalService } from '../../dev/services/temporal.js';

/** Started once a run, by the first test that asks; everything real, on free ports, in a folder that goes with the run. */
let dataDir: Promise<string> | undefined;
let mongodb: Promise<MongoService> | undefined;
let temporal: Promise<TemporalService> | undefined;
let runtime: Runtime | undefined;

const env = process.env;
const report = () => {};

function sharedDataDir(): Promise<string> {
  dataDir ??= mkdtemp(join(tmpdir(), 'onboarding-test-'));
  return dataDir;
}

export async function sharedMongodb(): Promise<MongoService> {
  const dir = await sharedDataDir();
  mongodb ??= startMongo({ dataDir: dir, env, report });
  return mongodb;
}

export async function sharedTemporal(): Promise<TemporalService> {
  const dir = await sharedDataDir();
  temporal ??= startTemporal({ dataDir: dir, env, report });
  return temporal;
}

/** The workers of tests fail on purpose, and what they say of it is not the tests' outcome: only errors are logged, nowhere. */
export function quietRuntime(): void {
  if (runtime) return;
  runtime = Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
}

export async function stopSharedServices(): Promise<void> {
  for (const service of [temporal, mongodb]) await (await service)?.stop();
  // Left running it would keep the process alive.
  await runtime?.shutdown();
  if (dataDir) await rm(await dataDir, { recursive: true, force: true });
}
