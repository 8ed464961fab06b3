import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import type { DestinationStream } from 'pino';
import type { ActivityDependencies, FilingCounts, SweepCounts } from '../../activities/index.js';
import { createMailer } from '../../activities/providers/mailer.js';
import { createTexter } from '../../activities/providers/texter.js';
import { createApp } from '../../api/app.js';
import { ensureDemoTeam } from '../../api/demo-team.js';
import { createPasswords } from '../../api/passwords.js';
import { aboutRequest } from '../../api/requests.js';
import { createTeller } from '../../api/telling.js';
import { createDoors } from '../../api/time-limit.js';
import { createRenderer } from '../../api/views/render.js';
import { readLegalTexts } from '../../config/legal-texts.js';
import { type Inbox, startInbox } from '../../dev/inbox/start-inbox.js';
import { freePort } from '../../dev/services/ports.js';
import type { TemporalService } from '../../dev/services/temporal.js';
import { createLog } from '../../monitoring/logging.js';
import { createMetrics, type Metrics } from '../../monitoring/metrics.js';
import type { Tracing } from '../../monitoring/tracing.js';
import type { LimitSizes } from '../../store/limits.js';
import { migrate } from '../../store/migrate.js';
import { openStore, type Store } from '../../store/open.js';
import { DEFAULT_POLICY, type Policy } from '../../store/policy.js';
import { createKeyring, type Keyring } from '../../store/secrets.js';
import { activityLog } from '../../worker/activity-log.js';
import { metered } from '../../worker/metered.js';
import { createWorkers } from '../../worker/workers.js';
import { createGateway, type Gateway } from '../../workflows/client/gateway.js';
import type { filing, retention, sweep } from '../../workflows/index.js';
import { TASK_QUEUES } from '../../workflows/messages.js';
import type { RetentionCounts } from '../../workflows/retention.js';
import type { Network } from './network.js';
import { quietRuntime, sharedMongodb } from './shared-services.js';
import { doorsToTemporal, realTemporal, rerouted, skippingTemporal } from './temporal-of-world.js';

/** A whole service in this process: real api, worker, Temporal, database, inbox; a database of its own. */
export interface World {
  url: string;
  apiKey: string;
  inbox: Inbox;
  store: Store;
  keyring: Keyring;
  policy: Policy;
  gateway: Gateway;
  client: Client;
  metrics: Metrics;
  /** The time as the doors and activities see it. */
  now(): Date;
  /** Lets Temporal's time and the doors' clock pass together; only in a world that skips time. */
  pass(milliseconds: number): Promise<void>;
  /** One round of the sweeper, then one of filing, as their workflows run them. */
  sweep(): Promise<SweepCounts & FilingCounts>;
  /** One round of retention, as its workflow runs it. */
  retain(): Promise<RetentionCounts>;
  /** Puts the clock of the doors and activities forward and lets it stand there; Temporal's timers keep the wall clock. */
  advance(milliseconds: number): void;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** Another api on the same database and Temporal. */
  startApi(): Promise<string>;
  stop(): Promise<void>;
}

const AUTH_ID = 'MATESTTESTTESTTEST00';
/** Signs the delivery reports. */
export const AUTH_TOKEN = 'a-token-for-tests';

export async function startWorld(
  options: {
    skipsTime?: boolean;
    worker?: boolean;
    /** Another Temporal than the one that all worlds share. */
    temporal?: Pick<TemporalService, 'address'>;
    policy?: Partial<Policy>;
    limits?: LimitSizes;
    logTo?: DestinationStream;
    /** A network between the parts that can be disturbed: the doors' way to Temporal, all ways to the others. */
    via?: Network['via'];
    /** How long the store waits for a database that is away, in milliseconds. */
    patience?: number;
    /** How long the worker waits for the mail server, and for the provider of texts. */
    providerTimeouts?: { mail?: number; text?: number };
    /** Of all parts in one. */
    tracing?: Tracing;
    /** Puts something between the activities and what they work with. */
    dependencies?: (real: ActivityDependencies) => ActivityDependencies;
    /** Origin of links, where it is to differ from where the doors listen. */
    publicUrl?: string;
    /** Proxies in front, as `TRUST_PROXY` has it. */
    trustProxy?: number;
    /** Where `advance` has put the clock it goes on by a millisecond with each look: no two looks see the same moment. */
    ticks?: boolean;
    /** How long a request may take, in milliseconds. */
    answerWithin?: number;
  } = {},
): Promise<World> {
  const { skipsTime = false, worker = true, limits, logTo, patience, tracing } = options;
  const { via = async (_part, port) => port, providerTimeouts = {}, dependencies = (real) => real } = options;
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  const log = createLog({
    name: 'world',
    level: logTo ? 'info' : 'silent',
    about: aboutRequest,
    ...(logTo && { to: logTo }),
  });
  const closing: (() => Promise<unknown>)[] = [];

  const metrics = createMetrics({ clock: () => now() });

  quietRuntime();
  const mongodb = await sharedMongodb();
  const uri = await rerouted(mongodb.uri.replace('/onboarding?', `/test-${randomUUID()}?`), (port) =>
    via('mongodb', port),
  );
  await migrate({ uri, report: () => {}, ...(patience !== undefined && { patience }) });
  const store = await openStore({
    uri,
    policy,
    observer: metrics.observer,
    ...(limits && { limits }),
    ...(patience !== undefined && { patience }),
  });
  closing.push(() => store.close());

  metrics.watch({ standing: store.onboardings.standing, clockSkew: store.clockSkew });

  const temporal = skipsTime
    ? await skippingTemporal(tracing)
    : await realTemporal(tracing, options.temporal);
  closing.push(temporal.close);
  const { client, connection } = temporal;

  const inbox = await startInbox({
    smtpPort: 0,
    httpPort: 0,
    plivo: { authId: AUTH_ID, authToken: AUTH_TOKEN },
  });
  closing.push(() => inbox.stop());

  let skipped = 0;
  let stands: number | undefined;
  const now = () => {
    if (stands !== undefined && options.ticks) stands++;
    return new Date(stands ?? Date.now() + skipped);
  };
  const keyring = createKeyring([Buffer.alloc(32, 'k')]);
  const doors = options.via && !skipsTime ? await doorsToTemporal(via) : undefined;
  if (doors) closing.push(doors.close);
  const gateway = createGateway(client);
  // A nudge goes on behind its answer: the world ends after it, or a retry would meet a closed connection.
  const nudges = new Set<Promise<void>>();
  closing.push(() => Promise.allSettled(nudges));
  const doorsGateway = withNudgesIn(nudges, doors ? createGateway(doors.client) : gateway);
  const apiKey = `test_${randomUUID()}`;
  await ensureDemoTeam(store, apiKey, now());
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const publicUrl = options.publicUrl ?? url;

  async function listen(on: number): Promise<string> {
    const stopping = new AbortController();
    const services = {
      store,
      keyring,
      policy,
      gateway: doorsGateway,
      tell: createTeller({ store, gateway: doorsGateway, log }),
      passwords: createPasswords({ brandName: 'Huma' }),
      render: createRenderer(),
      clock: now,
      log,
      metrics,
      tracing,
      stopping: stopping.signal,
      legalTexts: readLegalTexts(undefined),
      legalTextsAreFinal: false,
      settings: {
        publicUrl,
        brandName: 'Huma',
        supportEmail: 'support@huma.com',
        portalUrl: 'https://portal.example.org',
        trustProxy: options.trustProxy ?? false,
        plivoAuthToken: AUTH_TOKEN,
      },
    };
    const app = createApp(services, options.answerWithin);
    const server = createDoors(app, options.answerWithin).listen(on, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      stopping.abort();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return `http://localhost:${on}`;
  }
  await listen(port);

  const real = {
    mailer: createMailer({
      smtpUrl: await rerouted(inbox.smtpUrl, (port) => via('mail', port)),
      from: 'Huma <onboarding@example.org>',
      timeoutMs: providerTimeouts.mail ?? 10_000,
    }),
    texter: createTexter({
      authId: AUTH_ID,
      authToken: AUTH_TOKEN,
      sender: 'Huma',
      apiUrl: await rerouted(inbox.plivoUrl, (port) => via('texts', port)),
      timeoutMs: providerTimeouts.text ?? 3_000,
    }),
  };
  const { mailer, texter } = metered(real, metrics, tracing);
  closing.push(async () => mailer.close());
  let running: { workers: Worker[]; done: Promise<unknown> } | undefined;

  async function startWorker(): Promise<void> {
    const workers = await createWorkers({
      connection,
      namespace: client.options.namespace,
      interceptors: { activity: [activityLog(log)] },
      tracing,
      dependencies: dependencies({
        store,
        policy,
        keyring,
        mailer,
        texter,
        nudge: gateway.nudge,
        notify: gateway.notify,
        startBatch: gateway.startBatch,
        // On the time-skipping server only Temporal knows what time it is while time is being skipped. For a retry it tells
        // when the try before it failed.
        clock: skipsTime
          ? () => new Date(Math.max(activityInfo().currentAttemptScheduledTimestampMs, now().getTime()))
          : now,
        brand: { brandName: 'Huma', supportEmail: 'support@huma.com', publicUrl },
      }),
    });
    running = { workers, done: Promise.all(workers.map((each) => each.run())) };
  }

  async function stopWorker(): Promise<void> {
    for (const each of running?.workers ?? []) each.shutdown();
    await running?.done;
    running = undefined;
  }

  if (worker) await startWorker();

  return {
    url,
    apiKey,
    inbox,
    store,
    keyring,
    policy,
    gateway,
    client,
    metrics,
    now,
    async pass(milliseconds) {
      if (!temporal.pass) throw new Error('This world does not skip time');
      skipped = (await temporal.pass(milliseconds)) - Date.now();
    },
    async sweep() {
      const swept = await client.workflow.execute<typeof sweep>('sweep', aRound());
      const filed = await client.workflow.execute<typeof filing>('filing', aRound());
      return { ...swept, ...filed, failed: swept.failed + filed.failed };
    },
    retain: () => client.workflow.execute<typeof retention>('retention', aRound()),
    advance(milliseconds) {
      stands = now().getTime() + milliseconds;
    },
    startWorker,
    stopWorker,
    startApi: async () => listen(await freePort()),
    async stop() {
      await stopWorker();
      for (const close of closing.reverse()) await close();
    },
  };
}

const aRound = () => ({ workflowId: randomUUID(), taskQueue: TASK_QUEUES.onboarding });

/** The gateway, with the nudges under way kept track of; what a test replaces on the original is replaced here too. */
function withNudgesIn(nudges: Set<Promise<void>>, gateway: Gateway): Gateway {
  const watched: Gateway = Object.create(gateway);
  return Object.assign(watched, {
    nudge(onboarding: Parameters<Gateway['nudge']>[0]) {
      const nudge = gateway.nudge(onboarding);
      nudges.add(nudge);
      const done = () => nudges.delete(nudge);
      nudge.then(done, done);
      return nudge;
    },
  });
}
