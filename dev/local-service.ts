import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Gallery, startGallery } from './gallery/start-gallery.js';
import { type Inbox, startInbox } from './inbox/start-inbox.js';
import { localSecrets } from './local-secrets.js';
import { leaveSettings } from './local-settings.js';
import { migrate } from './migrate.js';
import { type MongoService, startMongo } from './services/mongodb.js';
import { startTemporal, type TemporalService } from './services/temporal.js';
import { type Report, type Supervised, supervise } from './supervisor.js';
import { workerReady } from './worker-ready.js';

/** Ports on 127.0.0.1. */
export interface LocalPorts {
  api: number;
  inbox: number;
  smtp: number;
  mongodb: number;
  temporal: number;
  /** Absent: Temporal runs without its UI. */
  temporalUi?: number;
  /** Absent: no gallery. */
  gallery?: number;
  /** Where api and worker show their metrics; absent: nowhere. */
  apiMetrics?: number;
  workerMetrics?: number;
}

export interface LocalService {
  publicUrl: string;
  demoApiKey: string;
  inbox: Inbox;
  gallery?: Gallery;
  mongodb: MongoService;
  temporal: TemporalService;
  worker: Supervised;
  api: Supervised;
  startMongodb(): Promise<MongoService>;
  startTemporal(): Promise<TemporalService>;
  startWorker(): Promise<Supervised>;
  /** One more worker beside the first; its metrics are not shown. */
  startAnotherWorker(): Promise<Supervised>;
  startApi(): Promise<Supervised>;
  /** One more api beside the first, as behind a proxy; its metrics are not shown. */
  startAnotherApi(port: number): Promise<Supervised>;
  stop(): Promise<void>;
}

const AUTH_ID = 'MALOCALSTANDIN000000';
const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The whole service on this machine: Temporal, MongoDB, the inbox, and api and worker as processes of their own, started as
 * the Dockerfile starts them. `env` may give addresses (`MONGODB_URI`, `TEMPORAL_ADDRESS`) and any setting.
 * @throws where a part does not come up; what was started is stopped again.
 */
export async function startLocalService(input: {
  dataDir: string;
  ports: LocalPorts;
  env: NodeJS.ProcessEnv;
  restart?: boolean;
  report: Report;
}): Promise<LocalService> {
  const { dataDir, ports, env, restart = false, report } = input;
  const secrets = localSecrets(dataDir);
  const demoApiKey = env['DEMO_API_KEY'] ?? secrets.demoApiKey;
  const publicUrl = env['PUBLIC_URL'] ?? `http://localhost:${ports.api}`;
  const started: { stop(): Promise<void> }[] = [];
  const keep = <S extends { stop(): Promise<void> }>(service: S): S => {
    started.push(service);
    return service;
  };

  const stop = async () => {
    for (const service of started.reverse()) await service.stop();
  };
  const mongo = async () =>
    keep(
      await startMongo(
        env['MONGODB_URI']
          ? { uri: env['MONGODB_URI'] }
          : { dataDir, port: ports.mongodb, env, restart, report },
      ),
    );
  const temporalServer = async () =>
    keep(
      await startTemporal(
        env['TEMPORAL_ADDRESS']
          ? { address: env['TEMPORAL_ADDRESS'] }
          : {
              dataDir,
              port: ports.temporal,
              env,
              restart,
              report,
              ...(ports.temporalUi && { uiPort: ports.temporalUi }),
            },
      ),
    );

  try {
    report('Starting Temporal, MongoDB and the inbox');
    const [mongodb, temporal, inbox, gallery] = await Promise.all([
      mongo().then(async (service) => {
        await migrate({ uri: service.uri, env, cwd: root, report });
        return service;
      }),
      temporalServer(),
      startInbox({
        smtpPort: ports.smtp,
        httpPort: ports.inbox,
        plivo: { authId: AUTH_ID, authToken: secrets.plivoAuthToken },
        file: join(dataDir, 'inbox.jsonl'),
      }).then(keep),
      ports.gallery === undefined ? undefined : startGallery({ port: ports.gallery }).then(keep),
    ]);
    const settings: NodeJS.ProcessEnv = {
      PUBLIC_URL: publicUrl,
      PORT: String(ports.api),
      HOST: '127.0.0.1',
      MONGODB_URI: mongodb.uri,
      TEMPORAL_ADDRESS: temporal.address,
      SECRET_KEYS: secrets.secretKeys,
      SMTP_URL: inbox.smtpUrl,
      MAIL_FROM: 'Huma <onboarding@localhost>',
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: secrets.plivoAuthToken,
      PLIVO_SENDER: 'Huma',
      PLIVO_API_URL: inbox.plivoUrl,
      DEMO_API_KEY: demoApiKey,
      ...(temporal.uiUrl && { TEMPORAL_UI_URL: temporal.uiUrl }),
      ...env,
    };
    keep(
      leaveSettings(dataDir, {
        MONGODB_URI: mongodb.uri,
        TEMPORAL_ADDRESS: temporal.address,
        ...(env['INVITE_EXPIRY'] && { INVITE_EXPIRY: env['INVITE_EXPIRY'] }),
      }),
    );
    const process =
      (name: string, ready: () => string | (() => Promise<void>), metrics?: number, env = settings) =>
      async () =>
        keep(
          await supervise({
            name,
            command: globalThis.process.execPath,
            args: ['--enable-source-maps', `dist/${name}/main.js`],
            cwd: root,
            // Each has a port of its own, or none: one setting for both would make the second fail.
            env: { ...env, METRICS_PORT: metrics === undefined ? '' : String(metrics) },
            dataDir,
            restart,
            report,
            ready: ready(),
          }),
        );
    const startApi = process('api', () => `http://127.0.0.1:${ports.api}/readyz`, ports.apiMetrics);
    const asksForWork = () => {
      const since = Date.now();
      return () =>
        workerReady({ address: temporal.address, namespace: settings['TEMPORAL_NAMESPACE'], since });
    };
    const startWorker = process('worker', asksForWork, ports.workerMetrics);
    const startAnotherWorker = process('worker', asksForWork);
    const startAnotherApi = (port: number) =>
      process('api', () => `http://127.0.0.1:${port}/readyz`, undefined, {
        ...settings,
        PORT: String(port),
      })();

    report('Starting api and worker');
    const [api, worker] = await Promise.all([startApi(), startWorker()]);
    return {
      publicUrl,
      demoApiKey,
      inbox,
      ...(gallery && { gallery }),
      mongodb,
      temporal,
      api,
      worker,
      startMongodb: mongo,
      startTemporal: temporalServer,
      startApi,
      startAnotherApi,
      startWorker,
      startAnotherWorker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
