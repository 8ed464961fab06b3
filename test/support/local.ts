import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalService, startLocalService } from '../../dev/local-service.js';
import { freePort } from '../../dev/services/ports.js';

export interface LocalWorld extends LocalService {
  url: string;
  apiKey: string;
  dataDir: string;
}

/** The whole service as `npm start` runs it, every part a process of its own, on free ports and a folder of its own. */
export async function startLocalWorld(settings: NodeJS.ProcessEnv = {}): Promise<LocalWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onboarding-local-'));
  const [api, inbox, smtp, mongodb, temporal] = await Promise.all(Array.from({ length: 5 }, freePort));
  const service = await startLocalService({
    dataDir,
    ports: { api, inbox, smtp, mongodb, temporal } as Record<
      'api' | 'inbox' | 'smtp' | 'mongodb' | 'temporal',
      number
    >,
    env: { ...process.env, ...settings },
    restart: true,
    report: () => {},
  });
  const { stop } = service;
  return Object.assign(service, {
    url: service.publicUrl,
    apiKey: service.demoApiKey,
    dataDir,
    stop: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
}
