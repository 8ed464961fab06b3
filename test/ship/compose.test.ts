import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
          : value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
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

  it("has every secret readable for a container's user once the script has run, those that were written by hand too", async () => {
    await chmod(join(secrets, 'smtp_url'), 0o600);
    await makeSecrets(secrets);
    for (const name of readdirSync(secrets))
      assert.equal((await stat(join(secrets, name))).mode & 0o444, 0o444, name);
  });

  it('has a secret made anew that a failed run has left empty', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onboarding-secrets-'));
    await writeFile(join(folder, 'secret_keys'), '');
    await makeSecrets(folder);
    assert.ok((await stat(join(folder, 'secret_keys'))).size >= 44);
    await rm(folder, { recursive: true });
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
    for (const [name, { healthcheck, image }] of lasting) {
      if (name === 'temporal-ui') continue;
      assert.ok(
        healthcheck?.test ?? (image === own('migrate').image && ownCheck),
        `${name} has a health check`,
      );
    }
  });

  it('builds our image in one place, for what all others wait for', () => {
    const ours = Object.entries(services).filter(([, { image }]) => image === own('migrate').image);
    assert.deepEqual(
      ours.filter(([, { build }]) => build).map(([name]) => name),
      ['migrate'],
    );
    assert.deepEqual(ours.map(([name]) => name).sort(), Object.keys(OWN).sort());
  });

  it('has the admin wait for nothing: it is there when a part is down', () => {
    assert.deepEqual(own('admin').depends_on, {});
  });

  it('turns every log over', () => {
    for (const [name, { logging }] of Object.entries(services))
      assert.ok(logging?.options['max-size'], `${name} has an end to its log`);
  });

  it('lets no line of .env move what is published, checked or refused', () => {
    for (const name of ['NODE_ENV', 'HOST', 'PORT'])
      for (const process of ['api', 'worker', 'admin', 'migrate'])
        assert.ok(own(process).environment[name], `${name} of the ${process}`);
  });

  it('starts api and worker once the database and the namespace are set up', () => {
    for (const name of ['api', 'worker']) {
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
    const files = readdirSync(join(ROOT, 'workflows')).filter(
      (name) => name.endsWith('.ts') && name !== 'invitation-batch.ts',
    );
    assert.match(await read('workflows/invitation-batch.ts'), /heartbeatTimeout/);
    const limits = (await Promise.all(files.map((name) => read(`workflows/${name}`)))).flatMap((text) =>
      [...text.matchAll(/startToCloseTimeout: '(.+)'/g)].map(([, limit]) => ms((limit ?? '') as StringValue)),
    );
    assert.equal(Math.max(...limits), LONGEST_ACTIVITY);
    assert.ok(ms((own('worker').stop_grace_period ?? '') as StringValue) > LONGEST_ACTIVITY);
  });

  it('shows the api the legal texts where it reads them, and misses them at the start where nobody has made them', async () => {
    const { configs } = await composeFile();
    assert.deepEqual(configs, { legal_texts: { file: './deploy/legal-texts.json' } });
    const { configs: shown, environment } = own('api');
    assert.deepEqual(shown, [{ source: 'legal_texts', target: environment['LEGAL_TEXTS_FILE'] }]);
    assert.match(await read('docs/operations.md'), /deploy\/legal-texts\.json /);
  });

  it('mounts files that are there', async () => {
    const { volumes: named } = await composeFile();
    for (const [name, { volumes }] of Object.entries(services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        assert.ok(source in named || existsSync(join(ROOT, source)), `${name} mounts ${source}`);
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
