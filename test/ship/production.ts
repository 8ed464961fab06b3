import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Inbox } from '../../dev/inbox/start-inbox.js';
import { migrate } from '../../store/migrate.js';
import { type Certificate, makeCertificate, startTlsFor } from '../support/tls.js';
import { exampleSettings, makeSecrets, ownLegalTexts } from './files.js';

/** What the inbox must be started with. */
export const PLIVO = { authId: 'MA00000000000000000', authToken: 'a-token-for-tests' };

/**
 * The environment of a process in production: the settings of `.env.example`, every secret in a file, mail server and Plivo's
 * API behind TLS (the inbox here). Nothing of this process's own comes along but PATH.
 */
export async function productionSettings(input: {
  folder: string;
  inbox: Inbox;
  mongodbUri: string;
  temporal: { address: string; namespace?: string | undefined };
}): Promise<{ environment: NodeJS.ProcessEnv; certificate: Certificate; stop(): Promise<void> }> {
  const { folder, inbox, mongodbUri, temporal } = input;
  await migrate({ uri: mongodbUri, report: () => {} });
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { recursive: true });
  const certificate = await makeCertificate(folder);
  const [mail, texts] = await Promise.all(
    [inbox.smtpUrl, inbox.plivoUrl].map((url) => startTlsFor(Number(new URL(url).port), certificate)),
  );
  const given = {
    mongodb_uri: mongodbUri,
    smtp_url: `smtps://localhost:${mail?.port}`,
    plivo_auth_token: PLIVO.authToken,
  };
  for (const [name, value] of Object.entries(given)) await writeFile(join(secrets, name), `${value}\n`);
  await makeSecrets(secrets);
  const legalTexts = join(folder, 'legal-texts.json');
  await writeFile(legalTexts, await ownLegalTexts());
  return {
    certificate,
    environment: {
      PATH: process.env['PATH'],
      HOME: join(folder, 'nowhere'),
      NODE_ENV: 'production',
      NODE_EXTRA_CA_CERTS: certificate.file,
      ...(await exampleSettings()),
      LEGAL_TEXTS_FILE: legalTexts,
      TEMPORAL_ADDRESS: temporal.address,
      ...(temporal.namespace && { TEMPORAL_NAMESPACE: temporal.namespace }),
      PLIVO_AUTH_ID: PLIVO.authId,
      PLIVO_API_URL: `https://localhost:${texts?.port}`,
      MONGODB_URI_FILE: join(secrets, 'mongodb_uri'),
      SECRET_KEYS_FILE: join(secrets, 'secret_keys'),
      SMTP_URL_FILE: join(secrets, 'smtp_url'),
      PLIVO_AUTH_TOKEN_FILE: join(secrets, 'plivo_auth_token'),
    },
    stop: async () => {
      await mail?.stop();
      await texts?.stop();
    },
  };
}
