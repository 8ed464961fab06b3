import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalPorts, type LocalService, startLocalService } from '../../dev/local-service.js';
import { freePort } from '../../dev/services/ports.js';
import type { Supervised } from '../../dev/supervisor.js';
import { startFront } from './front.js';
import { startTcpProxy } from './tcp-proxy.js';

export interface LocalWorld extends LocalService {
  url: string;
  apiKey: string;
  dataDir: string;
  /** What Prometheus is given, by process. */
  metricsUrls: Record<'api' | 'worker', string>;
}

/**
 * The whole service as `npm start` runs it, every part a process of its own, on free ports and a folder of its own.
 * With `TEMPORAL_ADDRESS` in the environment, a server on this machine: on that one, with two of each process.
 */
export async function startLocalWorld(settings: NodeJS.ProcessEnv = {}): Promise<LocalWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onboarding-local-'));
  const [api, inbox, smtp, mongodb, temporal, apiMetrics, workerMetrics] = await Promise.all(
    Array.from({ length: 7 }, freePort),
  );
  const ports = { api, inbox, smtp, mongodb, temporal, apiMetrics, workerMetrics } as LocalPorts;
  const start = (more: NodeJS.ProcessEnv = {}) =>
    startLocalService({
      dataDir,
      ports,
      env: { ...process.env, ...more, ...settings },
      restart: true,
      report: () => {},
    });
  const given = process.env['TEMPORAL_ADDRESS'];
  const service = given ? await startPairs({ given, api: ports.api, start }) : await start();
  const { stop } = service;
  return Object.assign(service, {
    url: service.publicUrl,
    apiKey: service.demoApiKey,
    dataDir,
    metricsUrls: {
      api: `http://127.0.0.1:${apiMetrics}/metrics`,
      worker: `http://127.0.0.1:${workerMetrics}/metrics`,
    },
    stop: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
}

/** Two apis behind a proxy, two workers, and a given Temporal server: killing it cuts the way to it. */
async function startPairs(input: {
  given: string;
  api: number;
  start: (more: NodeJS.ProcessEnv) => Promise<LocalService>;
}): Promise<LocalService> {
  const { given, api, start } = input;
  const way = await startTcpProxy({ port: Number(given.split(':').at(-1)) });
  const second = await freePort();
  const front = await startFront([api, second]);
  const service = await start({ TEMPORAL_ADDRESS: `127.0.0.1:${way.port}`, PUBLIC_URL: front.url });
  const { stop, startTemporal, startApi, startWorker } = service;
  const startAnotherApi = () => service.startAnotherApi(second);
  const { startAnotherWorker } = service;
  const temporal = { ...service.temporal, kill: () => way.cut() };
  return Object.assign(service, {
    api: pair(service.api, await startAnotherApi()),
    worker: pair(service.worker, await startAnotherWorker()),
    startApi: async () => pair(await startApi(), await startAnotherApi()),
    startWorker: async () => pair(await startWorker(), await startAnotherWorker()),
    temporal,
    startTemporal: async () => {
      way.restore();
      await startTemporal();
      return temporal;
    },
    stop: async () => {
      await stop();
      await front.stop();
      await way.close();
    },
  });
}

/** What is done to one is done to both: a test that stops the worker means every worker. */
const pair = (first: Supervised, second: Supervised): Supervised => ({
  name: first.name,
  logFile: first.logFile,
  get pid() {
    return first.pid;
  },
  stop: async () => {
    await Promise.all([first.stop(), second.stop()]);
  },
  kill: async () => {
    await Promise.all([first.kill(), second.kill()]);
  },
});
