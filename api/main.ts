import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { isSample } from '../config/legal-texts.js';
import { readApiConfig } from '../config/read.js';
import { createLog } from '../monitoring/logging.js';
import { createMetrics, watchProcess } from '../monitoring/metrics.js';
import { serveMonitoring } from '../monitoring/serve.js';
import { nudgeTracing } from '../monitoring/temporal-tracing.js';
import { startTracing } from '../monitoring/tracing.js';
import { openStore } from '../store/open.js';
import { createKeyring } from '../store/secrets.js';
import { createGateway } from '../workflows/client/gateway.js';
import { createApp } from './app.js';
import { ensureDemoTeam } from './demo-team.js';
import { createPasswords } from './passwords.js';
import { aboutRequest } from './requests.js';
import { createTeller } from './telling.js';
import { createDoors } from './time-limit.js';
import { createRenderer } from './views/render.js';

const config = readApiConfig(process.env);
const log = createLog({ name: 'api', level: config.LOG_LEVEL, about: aboutRequest });
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();

const clock = () => new Date();
const metrics = createMetrics({ clock, textCountries: config.policy.textCountries });
const tracing = await startTracing({
  service: 'onboarding-api',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
});
const store = await openStore({
  uri: config.MONGODB_URI,
  policy: config.policy,
  observer: metrics.observer,
});
metrics.watch({ standing: store.onboardings.standing, clockSkew: store.clockSkew });
// Lazy: the doors open, and facts are taken, also while Temporal is away.
const connection = Connection.lazy(connectionOptions);
const gateway = createGateway(
  new Client({
    connection,
    namespace,
    ...(tracing && { interceptors: { workflow: [nudgeTracing(tracing)] } }),
  }),
);
if (config.DEMO_API_KEY) await ensureDemoTeam(store, config.DEMO_API_KEY, clock());

const stopping = new AbortController();
const app = createApp({
  store,
  keyring: createKeyring(config.SECRET_KEYS),
  policy: config.policy,
  gateway,
  tell: createTeller({ store, gateway, log }),
  passwords: createPasswords({ brandName: config.BRAND_NAME }),
  render: createRenderer(),
  clock,
  log,
  metrics,
  tracing,
  stopping: stopping.signal,
  legalTexts: config.legalTexts,
  legalTextsAreFinal: !isSample(config.legalTexts),
  settings: {
    publicUrl: config.PUBLIC_URL,
    brandName: config.BRAND_NAME,
    supportEmail: config.SUPPORT_EMAIL,
    portalUrl: config.PORTAL_URL,
    trustProxy: config.TRUST_PROXY,
    plivoAuthToken: config.PLIVO_AUTH_TOKEN,
    ...(config.TEMPORAL_UI_URL && { temporalUiUrl: `${config.TEMPORAL_UI_URL}/namespaces/${namespace}` }),
  },
});
const watched = config.METRICS_PORT
  ? await serveMonitoring({
      port: config.METRICS_PORT,
      host: config.METRICS_HOST,
      metrics: () => metrics.registry.metrics(),
      isHealthy: () => true,
    })
  : undefined;
if (watched) watchProcess(metrics);
const server = createDoors(app).listen(config.PORT, config.HOST, () =>
  log.info({ port: config.PORT }, 'ready'),
);

/** How long a request in hand may take once the process is told to stop, in milliseconds. */
const DRAIN_TIME = 10_000;

/** Takes no new requests, answers those in hand, then lets go of the rest. */
function stop(): void {
  stopping.abort();
  setTimeout(() => server.closeAllConnections(), DRAIN_TIME).unref();
  watched?.close();
  server.close(() => {
    Promise.allSettled([store.close(), connection.close(), tracing?.stop()]).then(() => process.exit(0));
  });
  server.closeIdleConnections();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
