import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, readAdminConfig, readApiConfig, readWorkerConfig } from '../../config/read.js';

const SAMPLE = new URL('../../../config/sample-legal-texts.json', import.meta.url);

describe('a start in production', () => {
  let dir: string;
  let fit: Environment;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'onboarding-config-'));
    const own = { version: '2026-11', paragraphs: ['Agreed by the board.'] };
    fit = {
      NODE_ENV: 'production',
      MONGODB_URI: 'mongodb://db.example.org/onboarding',
      SECRET_KEYS: randomBytes(32).toString('base64'),
      PUBLIC_URL: 'https://onboarding.example.org',
      BRAND_NAME: 'Huma',
      SUPPORT_EMAIL: 'support@example.org',
      PORTAL_URL: 'https://portal.example.org',
      LEGAL_TEXTS_FILE: await file(
        'legal.json',
        JSON.stringify({ terms: own, privacy: own, disclaimer: own }),
      ),
      PLIVO_AUTH_ID: 'MA00000000000000000',
      PLIVO_AUTH_TOKEN: 'token',
      PLIVO_SENDER: 'Huma',
      SMTP_URL: 'smtp://mail.example.org?requireTLS=true',
      MAIL_FROM: 'onboarding@example.org',
    };
  });
  after(() => rm(dir, { recursive: true, force: true }));

  async function file(name: string, content: string): Promise<string> {
    await writeFile(join(dir, name), content);
    return join(dir, name);
  }

  it('goes ahead with everything given, secrets also as files', async () => {
    const { SECRET_KEYS = '', ...others } = fit;
    const environment = { ...others, SECRET_KEYS_FILE: await file('keys', `${SECRET_KEYS}\n`) };
    assert.deepEqual(readApiConfig(environment).SECRET_KEYS, [Buffer.from(SECRET_KEYS, 'base64')]);
    assert.deepEqual(readWorkerConfig(environment).SECRET_KEYS, [Buffer.from(SECRET_KEYS, 'base64')]);
  });

  const both = [readApiConfig, readWorkerConfig];
  const unfit: Record<
    string,
    { readers: ((environment: Environment) => unknown)[]; value: string | undefined }[]
  > = {
    SECRET_KEYS: [
      { readers: both, value: undefined },
      { readers: both, value: Buffer.alloc(32, 'k').toString('base64') },
      { readers: both, value: Buffer.from('a b'.repeat(20)).toString('base64') },
      { readers: both, value: 'correct horse battery staple, and another forty bytes' },
      { readers: both, value: randomBytes(31).toString('base64') },
    ],
    PUBLIC_URL: [
      { readers: both, value: undefined },
      { readers: both, value: 'http://onboarding.example.org' },
    ],
    BRAND_NAME: [{ readers: [...both, readAdminConfig], value: undefined }],
    SUPPORT_EMAIL: [{ readers: [...both, readAdminConfig], value: undefined }],
    PORTAL_URL: [{ readers: [readApiConfig], value: undefined }],
    LEGAL_TEXTS_FILE: [{ readers: [readApiConfig], value: undefined }],
    DEMO_API_KEY: [{ readers: [readApiConfig], value: 'demo_0123456789abcdefghijkl' }],
    SMTP_URL: [
      { readers: [readWorkerConfig], value: undefined },
      { readers: [readWorkerConfig], value: 'smtp://mail.example.org' },
    ],
    PLIVO_API_URL: [{ readers: [readWorkerConfig], value: 'http://plivo.example.org' }],
  };
  for (const [name, cases] of Object.entries(unfit)) {
    it(`is refused where ${name} is missing or unfit, and its value is not told`, () => {
      for (const { readers, value } of cases) {
        for (const readConfig of readers) {
          assert.throws(
            () => readConfig({ ...fit, [name]: value }),
            ({ message }: Error) =>
              message.startsWith(`${name}: `) && !(value !== undefined && message.includes(value)),
            `${name} ${value}`,
          );
        }
      }
    });
  }

  it('is refused where the sample texts only got another version', async () => {
    const renamed = (await readFile(SAMPLE, 'utf8')).replaceAll('sample-1', '2026-11');
    const environment = { ...fit, LEGAL_TEXTS_FILE: await file('renamed.json', renamed) };
    assert.throws(() => readApiConfig(environment), /LEGAL_TEXTS_FILE: /);
  });

  it('names every fault at once', () => {
    const bare = { ...fit, BRAND_NAME: undefined, PUBLIC_URL: 'http://onboarding.example.org' };
    assert.throws(() => readApiConfig(bare), /PUBLIC_URL: .*\nBRAND_NAME: /);
  });
});
