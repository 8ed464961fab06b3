import { fileURLToPath } from 'node:url';
import { startLocalService } from './local-service.js';

/** `npm start`: the whole service on this machine, until Ctrl-C. */
const say = (line = '') => process.stdout.write(`${line}\n`);
const began = Date.now();
const { env } = process;

if (env['NODE_ENV'] === 'production') {
  say(
    'npm start is for one machine. In production run `node dist/api/main.js` and `node dist/worker/main.js`.',
  );
  process.exit(1);
}

const dataDir = env['DATA_DIR'] ?? fileURLToPath(new URL('../../.data', import.meta.url));
const metricsPort = Number(env['METRICS_PORT'] ?? 0);
const ports = {
  api: Number(env['PORT'] ?? 3000),
  inbox: Number(env['INBOX_PORT'] ?? 8025),
  gallery: Number(env['GALLERY_PORT'] ?? 8026),
  smtp: Number(env['SMTP_PORT'] ?? 1025),
  mongodb: Number(env['MONGODB_PORT'] ?? 27017),
  temporal: Number(env['TEMPORAL_PORT'] ?? 7233),
  temporalUi: Number(env['TEMPORAL_UI_PORT'] ?? 8233),
  // The worker's next to the api's.
  ...(metricsPort > 0 && { apiMetrics: metricsPort, workerMetrics: metricsPort + 1 }),
};

const service = await startLocalService({ dataDir, ports, env, restart: true, report: say }).catch(
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

const rows: [string, string][] = [
  ['Pages', service.publicUrl],
  ['API', `${service.publicUrl}/api/v1`],
  ['Inbox: mails and texts', service.inbox.url],
  ['Gallery: every page and mail', service.gallery?.url ?? ''],
  ['Temporal', service.temporal.uiUrl ?? service.temporal.address],
  ['MongoDB', `${service.mongodb.uri} (${service.mongodb.source})`],
  ['Data and logs', dataDir],
  ["A team lead's API key", service.demoApiKey],
];
const width = Math.max(...rows.map(([name]) => name.length));
say();
say(`Ready after ${((Date.now() - began) / 1000).toFixed(1)} s.`);
say();
for (const [name, value] of rows) say(`  ${name.padEnd(width)}  ${value}`);
say();
say('Invite somebody:');
say();
say(`  curl ${service.publicUrl}/api/v1/invitations \\`);
say(`    -H 'Authorization: Bearer ${service.demoApiKey}' -H 'Content-Type: application/json' \\`);
say(`    -d '{"email":"sam.taylor@example.org","firstName":"Sam","lastName":"Taylor"}'`);
say();
say('Ctrl-C stops everything; the next start goes on where this one ended.');

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  say('Stopping');
  await service.stop();
  process.exit(0);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
