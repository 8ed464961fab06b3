import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInbox } from '../../dev/inbox/start-inbox.js';
import { freePort } from '../../dev/services/ports.js';
import { ROOT } from '../docs/documents.js';
import { eventually } from '../support/eventually.js';
import { startFront } from '../support/front.js';
import { type JourneyWorld, newEmail } from '../support/journey.js';
import { sharedMongodb } from '../support/shared-services.js';
import { PLIVO, productionSettings } from './production.js';

const run = promisify(execFile);
const NODE = [process.execPath, '--enable-source-maps'];

/** A service on what is not this process's own: a Temporal server that is given, or Compose. */
export interface OnGivenServices extends JourneyWorld {
  /** One of the apis, in the clear: for programs that do not trust the proxy's certificate. */
  apiOrigin: string;
  stop(): Promise<void>;
}

/** Two apis behind a proxy with TLS and two workers, in production's settings, on a given Temporal server. */
export async function startTwoOfEach(address: string): Promise<OnGivenServices> {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-production-'));
  const inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo: PLIVO });
  const { uri } = await sharedMongodb();
  const production = await productionSettings({
    folder,
    inbox,
    mongodbUri: process.env['MONGODB_URI'] ?? uri.replace('/onboarding?', '/production?'),
    temporal: { address, namespace: process.env['TEMPORAL_NAMESPACE'] },
  });
  const ports = [await freePort(), await freePort()];
  const front = await startFront(ports, production.certificate);
  const environment = {
    ...production.environment,
    PUBLIC_URL: front.url,
    TRUST_PROXY: '1',
    SUPPORT_EMAIL: 'support@huma.com',
  };

  const children: ChildProcess[] = [];
  const start = (room: 'api' | 'worker', more: NodeJS.ProcessEnv = {}) => {
    const log = openSync(join(folder, 'log'), 'a');
    const [command = '', ...args] = [...NODE, `dist/${room}/main.js`];
    children.push(
      spawn(command, args, { cwd: ROOT, env: { ...environment, ...more }, stdio: ['ignore', log, log] }),
    );
    closeSync(log);
  };
  for (const port of ports) start('api', { PORT: String(port) });
  start('worker');
  start('worker');
  for (const port of ports) {
    await eventually(`the api on ${port} is ready`, () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }
  const admin = (...args: string[]) =>
    run(process.execPath, ['dist/admin/main.js', ...args], { cwd: ROOT, env: environment });
  const team = ['--team', 'demo', '--team-name', 'Cardiology, Demo Hospital'];
  await admin('invite', '--email', newEmail(), '--role', 'support', ...team);
  const owner = ['--owner-name', 'Jo Lead', '--owner-email', newEmail()];
  const { stdout } = await admin('api-key', 'create', '--team', 'demo', ...owner);

  return {
    url: front.url,
    apiOrigin: `http://localhost:${ports[0]}`,
    apiKey: stdout.split('\n')[0] ?? '',
    inbox,
    async stop() {
      for (const child of children) {
        const exit = once(child, 'exit');
        child.kill('SIGTERM');
        await exit;
      }
      await front.stop();
      await production.stop();
      await inbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
