import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type LocalService, startLocalService } from '../dev/local-service.js';
import { freePort } from '../dev/services/ports.js';

/** The whole service on free ports with its data in a folder that goes with the run. */
export interface Setting {
  readonly service: LocalService;
  readonly url: string;
  /** The service's Temporal, for the bare workflow. */
  readonly client: Client;
  readonly address: string;
  /** @returns milliseconds until everything is ready. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Stops what runs and removes the folder. */
  close(): Promise<void>;
}

/** Settings of whoever runs this must not lead it to another database, nor change what is measured. */
const OWN = /^(MONGODB_|TEMPORAL_|SMTP_|PLIVO_|SECRET_|PUBLIC_URL$|PORT$|HOST$|DEMO_API_KEY|NODE_ENV$)/;

export async function createSetting(report: (line: string) => void): Promise<Setting> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onboarding-bench-'));
  const ports = {
    api: await freePort(),
    inbox: await freePort(),
    smtp: await freePort(),
    mongodb: await freePort(),
    temporal: await freePort(),
  };
  const url = `http://127.0.0.1:${ports.api}`;
  const kept = Object.entries(process.env).filter(([name]) => !OWN.test(name));
  const env = { ...Object.fromEntries(kept), PUBLIC_URL: url };
  let running: { service: LocalService; connection: Connection; client: Client } | undefined;

  const now = () => {
    if (!running) throw new Error('Nothing is running');
    return running;
  };
  const stop = async () => {
    const stopping = running;
    running = undefined;
    await stopping?.connection.close();
    await stopping?.service.stop();
  };

  return {
    url,
    address: `127.0.0.1:${ports.temporal}`,
    get service() {
      return now().service;
    },
    get client() {
      return now().client;
    },
    async start() {
      const from = performance.now();
      const service = await startLocalService({ dataDir, ports, env, report });
      const took = performance.now() - from;
      const connection = await Connection.connect({ address: service.temporal.address });
      running = { service, connection, client: new Client({ connection }) };
      return took;
    },
    stop,
    async close() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
