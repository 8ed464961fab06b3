import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { createMailer } from '../activities/providers/mailer.js';
import { createTexter } from '../activities/providers/texter.js';
import { readWorkerConfig } from '../config/read.js';
import { openStore } from '../store/open.js';
import { createKeyring } from '../store/secrets.js';
import { createGateway } from '../workflows/gateway.js';
import { createWorkers } from './workers.js';

const config = readWorkerConfig(process.env);
const log = pino({ name: 'worker', level: config.LOG_LEVEL });
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();

const connection = await NativeConnection.connect(connectionOptions);
const clientConnection = await Connection.connect(connectionOptions);
const gateway = createGateway(new Client({ connection: clientConnection, namespace }));
const store = await openStore({ uri: config.MONGODB_URI, policy: config.policy });
const mailer = createMailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, timeoutMs: 30_000 });

const workers = await createWorkers({
  connection,
  namespace,
  dependencies: {
    store,
    policy: config.policy,
    keyring: createKeyring(config.SECRET_KEYS),
    mailer,
    texter: createTexter({
      authId: config.PLIVO_AUTH_ID,
      authToken: config.PLIVO_AUTH_TOKEN,
      sender: config.PLIVO_SENDER,
      apiUrl: config.PLIVO_API_URL,
      timeoutMs: 15_000,
    }),
    nudge: gateway.nudge,
    notify: gateway.notify,
    startBatch: gateway.startBatch,
    clock: () => new Date(),
    brand: {
      brandName: config.BRAND_NAME,
      supportEmail: config.SUPPORT_EMAIL,
      publicUrl: config.PUBLIC_URL,
    },
  },
});
await gateway.ensureSweeper(config.SWEEP_SECONDS);
log.info({ namespace }, 'ready');

// The SDK ends the workers on SIGTERM and SIGINT: work in hand is finished, nothing new is begun.
try {
  await Promise.all(workers.map((worker) => worker.run()));
} finally {
  mailer.close();
  await store.close();
  await clientConnection.close();
  await connection.close();
}
