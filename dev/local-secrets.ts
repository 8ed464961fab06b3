import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({ secretKeys: z.string(), plivoAuthToken: z.string(), demoApiKey: z.string() });

export type LocalSecrets = z.infer<typeof schema>;

/** The secrets of this machine's local service: made at the first start, kept in `<dataDir>/secrets.json` (mode 600). */
export function localSecrets(dataDir: string): LocalSecrets {
  const file = join(dataDir, 'secrets.json');
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const secrets = {
    secretKeys: randomBytes(32).toString('base64'),
    plivoAuthToken: randomBytes(20).toString('hex'),
    demoApiKey: `demo_${randomBytes(24).toString('base64url')}`,
  };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
