import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ms, { type StringValue } from 'ms';
import { readAdminConfig, readApiConfig, readWorkerConfig } from '../../config/read.js';
import { ROOT, read } from '../docs/documents.js';
import {
  type ComposeService,
  composeFile,
  dockerStages,
  exampleSettings,
  makeSecrets,
  ownLegalTexts,
} from './files.js';

/** Ours, by the reader of their settings. */
const OWN = {
  api: readApiConfig,
  worker: readWorkerConfig,
  admin: readAdminConfig,
  migrate: readAdminConfig,
};
/** What may be in no environment, file of settings or image. */
const SECRETS = ['MONGODB_URI', 'SECRET_KEYS', 'PLIVO_AUTH_TOKEN', 'SMTP_URL'];
const LONGEST_ACTIVITY = 60_000;

describe('docker-compose.yml', () => {
  let secrets: string;
  let services: Record<string, ComposeService>;
  before(async () => {
    secrets = await mkdtemp(join(tmpdir(), 'onboarding-secrets-'));
    await makeSecrets(secrets);
    await writeFile(join(secrets, 'smtp_url'), 'smtps://user:password@mail.example.org\n');
    await writeFile(join(secrets, 'plivo_auth_token'), 'token\n');
    services = (await composeFile()).services;
  });
  after(() => rm(secrets, { recursive: true }));

  const own = (name: string): ComposeService => services[name] ?? assert.fail(`there is no service ${name}`);

  /** As the process in the container finds it: the image's settings, `.env`, the service's own; mounts where they lie here. */
  async function environmentOf({ environment, env_file }: ComposeService): Promise<Record<string, string>> {
    assert.equal(env_file, '.env');
    const legalTexts = join(secrets, 'legal-texts.json');
    await writeFile(legalTexts, await ownLegalTexts());
    const mounted = Object.entries(environment).map(([name, value]): [string, string] => [
      name,
      value.startsWith('/run/secrets/')
        ? join(secrets, basename(value))
        : value.startsWith('/')
          ? legalTexts
          : value,
    ]);
    return {
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      ...(await exampleSettings()),
      ...Object.fromEntries(mounted),
    };
  }

  for (const [name, readConfig] of Object.entries(OWN)) {
    it(`gives the ${name} every setting that production needs, and its secrets only as files`, async () => {
      const environment = await environmentOf(own(name));
      const config: Readonly<Record<string, unknown>> = readConfig(environment);
      for (const secret of SECRETS) {
        assert.equal(environment[secret], undefined, secret);
        if (!(secret in config)) continue;
        const file = own(name).environment[`${secret}_FILE`] ?? assert.fail(`${secret}_FILE is not set`);
        assert.ok(own(name).secrets.includes(basename(file)), `${file} is mounted`);
      }
    });

    it(`runs the ${name} without rights: an ordinary user, nothing to write but /tmp, no capability`, () => {
      const { read_only, cap_drop, security_opt } = own(name);
      assert.deepEqual(
        { read_only, cap_drop, security_opt },
        { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      );
    });
  }

  it('hands no secret to a service that has no use for it', () => {
    const handed = Object.entries(services).flatMap(
      ([name, { secrets: theirs, environment, command, volumes }]) => {
        const uses = JSON.stringify([environment, command, volumes]);
        // mongosh's script names its secrets itself.
        return theirs
          .filter((secret) => !uses.includes(secret) && name !== 'mongodb-setup')
          .map((secret) => `${name}: ${secret}`);
      },
    );
    assert.deepEqual(handed, []);
  });

  it('takes secrets from one folder that Git and the image leave out, and the script makes all but two', async () => {
    const { secrets: declared } = await composeFile();
    const used = new Set(Object.values(services).flatMap((service) => service.secrets));
    assert.deepEqual(Object.keys(declared).sort(), [...used].sort());
    for (const [name, { file }] of Object.entries(declared)) {
      assert.equal(file, `./secrets/${name}`);
      assert.ok(existsSync(join(secrets, name)), name);
    }
    assert.match(await read('.gitignore'), /^\/secrets\/$/m);
    assert.match(await read('.dockerignore'), /^secrets$/m);
    assert.match(await read('.dockerignore'), /^\.env$/m);
  });

  it('has secrets made once: a second run changes none, and only their owner comes near', async () => {
    const before = await readFile(join(secrets, 'secret_keys'), 'utf8');
    await makeSecrets(secrets);
    assert.equal(await readFile(join(secrets, 'secret_keys'), 'utf8'), before);
    assert.equal((await stat(secrets)).mode & 0o777, 0o700);
  });

  it('pins every image to a version', async () => {
    const images = [
      ...Object.values(services).map(({ image }) => image),
      ...(await dockerStages()).map(({ image }) => image).filter((image) => image !== 'build'),
    ];
    for (const image of images) assert.match(image, /^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/);
  });

  it('publishes ports to this machine alone, and those of no database', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports.length > 0);
    assert.deepEqual(
      published.map(([name]) => name),
      ['api', 'temporal-ui'],
    );
    for (const [name, { ports }] of published)
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name} ${port}`);
  });

  it('looks after the health of everything that stays up, and starts again what falls over', async () => {
    const ownCheck = (await dockerStages()).at(-1)?.lines.some((line) => line.startsWith('HEALTHCHECK'));
    const lasting = Object.entries(services).filter(([, { restart }]) => restart === 'unless-stopped');
    assert.deepEqual(lasting.map(([name]) => name).sort(), [
      'api',
      'mongodb',
      'postgresql',
      'temporal',
      'temporal-ui',
      'worker',
    ]);
    for (const [name, { healthcheck, build }] of lasting) {
      if (name === 'temporal-ui') continue;
      assert.ok(healthcheck?.test ?? (build && ownCheck), `${name} has a health check`);
    }
  });

  it('starts api and worker once the database and the namespace are set up', () => {
    for (const name of ['api', 'worker', 'admin']) {
      for (const step of ['mongodb-setup', 'migrate', 'temporal-namespace'])
        assert.equal(
          own(name).depends_on[step]?.condition,
          'service_completed_successfully',
          `${name} after ${step}`,
        );
    }
  });

  it('lets the worker end its longest activity before it is killed', async () => {
    // A batch's rows are heard of by heartbeat: told to stop, that activity stops, and another worker goes on.
    const files = readdirSync(join(ROOT, 'workflows')).filter((name) => name !== 'invitation-batch.ts');
    assert.match(await read('workflows/invitation-batch.ts'), /heartbeatTimeout/);
    const limits = (await Promise.all(files.map((name) => read(`workflows/${name}`)))).flatMap((text) =>
      [...text.matchAll(/startToCloseTimeout: '(.+)'/g)].map(([, limit]) => ms((limit ?? '') as StringValue)),
    );
    assert.equal(Math.max(...limits), LONGEST_ACTIVITY);
    assert.ok(ms((own('worker').stop_grace_period ?? '') as StringValue) > LONGEST_ACTIVITY);
  });

  it('mounts files that are there, or that the operator is told to make', async () => {
    const { volumes: named } = await composeFile();
    for (const [name, { volumes }] of Object.entries(services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        const known =
          source in named || existsSync(join(ROOT, source)) || source === './deploy/legal-texts.json';
        assert.ok(known, `${name} mounts ${source}`);
      }
    }
  });
});

describe('Dockerfile', () => {
  it('ends as an ordinary user, with a health check', async () => {
    const lines = (await dockerStages()).at(-1)?.lines ?? [];
    assert.ok(lines.includes('USER node'));
    assert.ok(lines.some((line) => line.startsWith('HEALTHCHECK ')));
  });

  it('copies only what is there', async () => {
    const stages = await dockerStages();
    const built = stages.flatMap(({ copies }) => copies.map(({ source }) => source));
    const cloned = stages.flatMap(({ lines }) =>
      lines.filter((line) => /^COPY (?!--)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1)),
    );
    assert.ok(built.length > 5 && cloned.includes('package-lock.json'));
    for (const source of [...built, ...cloned]) assert.ok(existsSync(join(ROOT, source)), source);
  });
});
