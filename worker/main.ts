import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { createMailer } from '../activities/providers/mailer.js';
import { createTexter } from '../activities/providers/texter.js';
import { readWorkerConfig } from '../config/read.js';
import { createLog } from '../monitoring/logging.js';
import { createMetrics, watchProcess } from '../monitoring/metrics.js';
import { serveMonitoring } from '../monitoring/serve.js';
import { nudgeTracing } from '../monitoring/temporal-tracing.js';
import { startTracing } from '../monitoring/tracing.js';
import { openStore } from '../store/open.js';
import { createKeyring } from '../store/secrets.js';
import { createGateway } from '../workflows/client/gateway.js';
import { ensureSchedules } from '../workflows/client/schedules.js';
import { activityLog } from './activity-log.js';
import { areAtWork } from './at-work.js';
import { metered } from './metered.js';
import { runAll } from './run-all.js';
import { installRuntime } from './runtime.js';
import { createWorkers } from './workers.js';

const config = readWorkerConfig(process.env);
const log = createLog({ name: 'worker', level: config.LOG_LEVEL });
const clock = () => new Date();
const metrics = createMetrics({ clock, textCountries: config.policy.textCountries });
const tracing = await startTracing({
  service: 'onboarding-worker',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
});
const sdkMetrics = await installRuntime({ log, measured: config.METRICS_PORT !== undefined });
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();

const connection = await NativeConnection.connect(connectionOptions);
const clientConnection = await Connection.connect(connectionOptions);
const gateway = createGateway(
  new Client({
    connection: clientConnection,
    namespace,
    ...(tracing && { interceptors: { workflow: [nudgeTracing(tracing)] } }),
  }),
);
const store = await openStore({
  uri: config.MONGODB_URI,
  policy: config.policy,
  observer: metrics.observer,
});
const { mailer, texter } = metered(
  {
    mailer: createMailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, timeoutMs: 30_000 }),
    texter: createTexter({
      authId: config.PLIVO_AUTH_ID,
      authToken: config.PLIVO_AUTH_TOKEN,
      sender: config.PLIVO_SENDER,
      apiUrl: config.PLIVO_API_URL,
      timeoutMs: 15_000,
    }),
  },
  metrics,
  tracing,
);

const workers = await createWorkers({
  connection,
  namespace,
  interceptors: { activity: [activityLog(log)] },
  tracing,
  dependencies: {
    store,
    policy: config.policy,
    keyring: createKeyring(config.SECRET_KEYS),
    mailer,
    texter,
    nudge: gateway.nudge,
    notify: gateway.notify,
    startBatch: gateway.startBatch,
    clock,
    brand: {
      brandName: config.BRAND_NAME,
      supportEmail: config.SUPPORT_EMAIL,
      publicUrl: config.PUBLIC_URL,
    },
  },
});
const watched = config.METRICS_PORT
  ? await serveMonitoring({
      port: config.METRICS_PORT,
      host: config.METRICS_HOST,
      metrics: async () => `${await metrics.registry.metrics()}\n${await sdkMetrics()}`,
      isHealthy: () => areAtWork(workers),
    })
  : undefined;
if (watched) watchProcess(metrics);
await ensureSchedules(gateway.client, {
  sweep: config.SWEEP_SECONDS * 1_000,
  retention: config.RETENTION_EVERY,
});
log.info({ namespace }, 'ready');

// The SDK ends the workers on SIGTERM and SIGINT: work in hand is finished, nothing new is begun.
try {
  await runAll(workers);
} finally {
  watched?.close();
  await tracing?.stop().catch(() => {});
  mailer.close();
  await store.close();
  await clientConnection.close();
  await connection.close();
}
