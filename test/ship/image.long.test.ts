import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Inbox, startInbox } from '../../dev/inbox/start-inbox.js';
import { freePort } from '../../dev/services/ports.js';
import { eventually } from '../support/eventually.js';
import { invite, type JourneyWorld, newEmail, toDashboard } from '../support/journey.js';
import { sharedMongodb, sharedTemporal } from '../support/shared-services.js';
import { composeFile, dockerStages } from './files.js';
import { filesIn, layOutImage } from './image.js';
import { PLIVO, productionSettings } from './production.js';

const run = promisify(execFile);

describe("the image's files, in production's settings", function () {
  this.timeout(180_000);
  let folder: string;
  let app: string;
  let inbox: Inbox;
  let world: JourneyWorld & { origin: string };
  let production: Awaited<ReturnType<typeof productionSettings>>;
  let environment: NodeJS.ProcessEnv;
  /** The worker's alone: in containers of their own both have the same port. */
  let watched: NodeJS.ProcessEnv;
  let untouched: string[];
  let log: FileHandle;
  const running = new Set<ChildProcess>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onboarding-image-'));
    app = join(folder, 'app');
    log = await open(join(folder, 'log'), 'a');
    const [mongodb, temporal, port, metricsPort] = await Promise.all([
      sharedMongodb(),
      sharedTemporal(),
      freePort(),
      freePort(),
    ]);
    watched = { METRICS_PORT: String(metricsPort) };
    inbox = await startInbox({ smtpPort: 0, httpPort: 0, plivo: PLIVO });
    await layOutImage(app);
    untouched = await filesIn(app);

    production = await productionSettings({
      folder,
      inbox,
      mongodbUri: mongodb.uri.replace('/onboarding?', '/image?'),
      temporal,
    });
    environment = { ...production.environment, PORT: String(port) };
    world = {
      url: environment['PUBLIC_URL'] ?? '',
      origin: `http://localhost:${port}`,
      apiKey: '',
      inbox,
    };
  });
  after(async () => {
    for (const child of running) await ended(child);
    await production?.stop();
    await inbox?.stop();
    await log?.close();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(await readFile(join(folder, 'log')));
  });

  /** A command of the image, as the container starts it. */
  function start([command = '', ...args]: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(command, args, {
      cwd: app,
      env: { ...environment, ...more },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }

  const healthy = ([command = '', ...args]: readonly string[]) =>
    run(command, args, { cwd: app, env: { ...environment, ...watched } }).then(
      () => true,
      () => false,
    );

  async function ended(child: ChildProcess): Promise<{ code: number | null; seconds: number }> {
    const since = performance.now();
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await exit) as [number | null];
    return { code, seconds: (performance.now() - since) / 1000 };
  }

  it('are enough for the whole way in, and nothing is written beside them', async () => {
    const { services } = await composeFile();
    const apiCheck = healthCheckOf((await dockerStages()).at(-1)?.lines ?? []);
    const workerCheck = services['worker']?.healthcheck?.test?.slice(1) ?? [];
    const adminCommand = services['admin']?.entrypoint ?? [];
    const apiCommand = jsonAfter('CMD', (await dockerStages()).at(-1)?.lines ?? []);

    assert.equal(await healthy(apiCheck), false, 'no api yet');
    assert.equal(await healthy(workerCheck), false, 'no worker yet');
    const api = start(apiCommand);
    const worker = start(services['worker']?.command ?? [], watched);
    await eventually('the api is healthy', () => healthy(apiCheck), 60_000);
    await eventually('the worker is healthy', () => healthy(workerCheck), 60_000);

    const admin = (...args: string[]) =>
      run(adminCommand[0] ?? '', [...adminCommand.slice(1), ...args], { cwd: app, env: environment });
    const staff = ['--email', newEmail(), '--role', 'support', '--team', 'cardiology'];
    await admin('invite', ...staff, '--team-name', 'Cardiology, Demo Hospital');
    const owner = ['--owner-name', 'Jo Lead', '--owner-email', newEmail()];
    const { stdout } = await admin('api-key', 'create', '--team', 'cardiology', ...owner);
    world.apiKey = stdout.split('\n')[0] ?? '';

    const { person } = await toDashboard(world);
    await person.press('start using Huma', { accepted: 'yes' });
    assert.match(person.text, /Cardiology, Demo Hospital/);

    assert.deepEqual(await filesIn(app), untouched);
    assert.equal((await ended(worker)).code, 0);
    assert.equal((await ended(api)).code, 0);
  });

  it('stop in good order: a request in hand is answered, and one that never ends holds nothing up', async () => {
    const { services } = await composeFile();
    const api = start(jsonAfter('CMD', (await dockerStages()).at(-1)?.lines ?? []));
    await eventually('the api answers', () =>
      fetch(`${world.origin}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const email = newEmail();
    const half = await halfARequest(world, JSON.stringify({ email }));
    const endless = await halfARequest(world, '{}');
    endless.on('error', () => {});

    const stopped = ended(api);
    await eventually('nothing new is taken', () =>
      invite(world, { email: newEmail() }).then(
        () => false,
        () => true,
      ),
    );
    const answer = once(half, 'data');
    half.write(half.rest);
    assert.match(String(await answer), /^HTTP\/1\.1 201 /);

    const { code, seconds } = await stopped;
    assert.equal(code, 0);
    const grace = Number.parseInt(services['api']?.stop_grace_period ?? '', 10);
    assert.ok(seconds < grace, `${seconds} s, before ${grace} s, after which it would be killed`);
    const worker = start(services['worker']?.command ?? [], watched);
    await inbox.nextMail(({ to }) => to === email, { timeoutMs: 60_000 });
    assert.equal((await ended(worker)).code, 0);
  });
});

/** An invitation, sent but for the last byte of its body. */
async function halfARequest({ origin, apiKey }: { origin: string; apiKey: string }, body: string) {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const head = [
    'POST /api/v1/invitations HTTP/1.1',
    `Host: ${hostname}:${port}`,
    `Authorization: Bearer ${apiKey}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  await new Promise((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, -1)}`, resolve));
  return Object.assign(socket, { rest: body.slice(-1) });
}

const healthCheckOf = (lines: readonly string[]): string[] => jsonAfter('HEALTHCHECK .* CMD', lines);

/** The words of an instruction in its JSON form. */
function jsonAfter(instruction: string, lines: readonly string[]): string[] {
  for (const line of lines) {
    const [, words] = new RegExp(`^${instruction} (\\[.*\\])$`).exec(line) ?? [];
    if (words) return JSON.parse(words) as string[];
  }
  throw new Error(`The last stage has no ${instruction}`);
}
