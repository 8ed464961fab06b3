import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInbox } from '../../dev/inbox/start-inbox.js';
import { ROOT } from '../docs/documents.js';
import { eventually } from '../support/eventually.js';
import { startFront } from '../support/front.js';
import { newEmail } from '../support/journey.js';
import { makeCertificate, startTlsFor } from '../support/tls.js';
import { exampleSettings, makeSecrets, ownLegalTexts } from './files.js';
import { PLIVO } from './production.js';
import type { OnGivenServices } from './two-of-each.js';

const run = promisify(execFile);
/** docker-compose.yml publishes the api there. */
const API_PORT = 3000;
/** By what name a container reaches this machine: deploy/compose.verify.yaml. */
const HERE = 'runner';
const FILES = { settings: '.env', secrets: 'secrets', legalTexts: 'deploy/legal-texts.json' };

/**
 * The service as docker-compose.yml has it, built and started, with this process's inbox as mail server and provider of texts.
 * Throws where an operator's settings are there already: they are not overwritten.
 */
export async function startComposed(): Promise<OnGivenServices> {
  const present = Object.values(FILES).filter((name) => existsSync(join(ROOT, name)));
  if (present.length > 0) throw new Error(`Only for a fresh clone; here are already: ${present.join(', ')}`);
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-composed-'));
  const inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo: PLIVO });
  const certificate = await makeCertificate(folder, HERE);
  const everywhere = '0.0.0.0';
  const [mail, texts] = await Promise.all(
    [inbox.smtpUrl, inbox.plivoUrl].map((url) =>
      startTlsFor(Number(new URL(url).port), certificate, everywhere),
    ),
  );
  const front = await startFront([API_PORT], certificate);
  const compose = async (...args: string[]) => {
    const files = ['--file', 'docker-compose.yml', '--file', 'deploy/compose.verify.yaml'];
    const { stdout } = await run('docker', ['compose', ...files, ...args], { cwd: ROOT, maxBuffer: 2 ** 26 });
    return stdout;
  };
  const stop = async () => {
    try {
      await compose('down', '--volumes', '--timeout', '80');
    } finally {
      for (const each of [front, mail, texts, inbox]) await each?.stop();
      for (const name of [...Object.values(FILES).map((each) => join(ROOT, each)), folder])
        await rm(name, { recursive: true, force: true });
    }
  };

  try {
    const settings = {
      ...(await exampleSettings()),
      PUBLIC_URL: front.url,
      SUPPORT_EMAIL: 'support@huma.com',
      PLIVO_AUTH_ID: PLIVO.authId,
      PLIVO_API_URL: `https://${HERE}:${texts?.port}`,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(ROOT, FILES.settings), lines.join(''));
    await writeFile(join(ROOT, FILES.legalTexts), await ownLegalTexts());
    const secrets = join(ROOT, FILES.secrets);
    await mkdir(secrets);
    await writeFile(join(secrets, 'smtp_url'), `smtps://${HERE}:${mail?.port}\n`);
    await writeFile(join(secrets, 'plivo_auth_token'), `${PLIVO.authToken}\n`);
    await copyFile(certificate.file, join(secrets, 'certificate.pem'));
    await makeSecrets(secrets);
    await compose('up', '--build', '--detach');
    const apiOrigin = `http://localhost:${API_PORT}`;
    const isReady = () =>
      fetch(`${apiOrigin}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually('the api is ready', isReady, 120_000, 500);
    const admin = (...args: string[]) => compose('run', '--rm', '--no-TTY', 'admin', ...args);
    const team = ['--team', 'demo', '--team-name', 'Cardiology, Demo Hospital'];
    await admin('invite', '--email', newEmail(), '--role', 'support', ...team);
    const owner = ['--owner-name', 'Jo Lead', '--owner-email', newEmail()];
    const [apiKey = ''] = (await admin('api-key', 'create', '--team', 'demo', ...owner)).split('\n');
    return { url: front.url, apiOrigin, apiKey, inbox, stop };
  } catch (error) {
    // What it ended with is gone once it is down.
    for (const look of [
      ['ps', '--all'],
      ['logs', '--no-color', '--tail', '200'],
    ])
      process.stderr.write(await compose(...look).catch(() => ''));
    await stop();
    throw error;
  }
}
