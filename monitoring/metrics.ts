import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { EVENT_TYPES } from '../store/facts.js';
import { LIMIT_NAMES } from '../store/limits.js';
import type { StoreObserver } from '../store/observer.js';
import type { Standing } from '../store/onboarding-queries.js';
import { DEFAULT_POLICY } from '../store/policy.js';

const SIGN_IN_RESULTS = [
  'password-accepted',
  'password-refused',
  'code-accepted',
  'code-refused',
  'app-accepted',
  'app-refused',
  'recovery-accepted',
  'recovery-refused',
  'too-many',
] as const;
export type SignInResult = (typeof SIGN_IN_RESULTS)[number];

const VISITORS = ['person', 'head', 'prefetch', 'scanner'] as const;
export type Visitor = (typeof VISITORS)[number];

const PROVIDERS = ['mail', 'text'] as const;
export type Provider = (typeof PROVIDERS)[number];
const PROVIDER_RESULTS = ['accepted', 'refused', 'busy', 'unreachable'] as const;
export type ProviderResult = (typeof PROVIDER_RESULTS)[number];

export interface Metrics {
  registry: Registry;
  /** What the store is opened with. */
  observer: StoreObserver;
  request(request: { method: string; route: string; status: number; seconds: number }): void;
  linkVisited(visit: { purpose: string; visitor: Visitor }): void;
  signedIn(result: SignInResult): void;
  provided(call: { provider: Provider; result: ProviderResult; seconds: number }): void;
  /** @param country ISO 3166-1 alpha-2 */
  texted(country: string): void;
  /** What the provider says that a text came to, in units and in the account's currency. */
  charged(text: { country: string; units: number; cost: number }): void;
  /** Has the database asked when somebody looks, at most once in ten seconds. */
  watch(database: WatchedDatabase): void;
}

export interface WatchedDatabase {
  standing(before: Date): Promise<Standing>;
  /** Milliseconds by which its clock is ahead; undefined where it does not tell. */
  clockSkew(now: Date): Promise<number | undefined>;
}

/** A deadline that is acted on later than this, or waits for longer, was missed. */
const LATE = 60_000;
const ASKED_AGAIN_AFTER = 10_000;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Every metric, the same in api and worker. Labels are stages, kinds, results, patterns of routes and countries: each from a
 * short list that the code knows, never an id, a name, an address or a number (SECURITY.md row 33).
 */
export function createMetrics({
  clock,
  textCountries = DEFAULT_POLICY.textCountries,
}: {
  clock: () => Date;
  /** Those that texts may go to. */
  textCountries?: readonly string[];
}): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const people = new Gauge({
    name: 'onboarding_people',
    help: 'People by the stage that is written; the same from every api, so take the max',
    labelNames: ['stage'],
    registers,
    async collect() {
      await count(({ stages }) => {
        for (const [stage, n] of stages) this.set({ stage }, n);
      });
    },
  });
  const needsSupport = new Gauge({
    name: 'onboarding_needs_support',
    help: 'People to whom a message cannot be brought; the same from every api, so take the max',
    registers,
    async collect() {
      await count(({ needsSupport: n }) => this.set(n));
    },
  });
  const waiting = new Gauge({
    name: 'onboarding_waiting',
    help: 'Onboardings that should have been seen to a minute ago; the same from every api, so take the max',
    labelNames: ['what'],
    registers,
    async collect() {
      await count(({ waiting: counts }) => {
        for (const [what, n] of Object.entries(counts)) this.set({ what }, n);
      });
    },
  });
  const clockSkew = new Gauge({
    name: 'onboarding_clock_skew_seconds',
    help: "By how much the database's clock is ahead of this process's",
    registers,
    async collect() {
      await count(({ skew }) => {
        if (skew !== undefined) this.set(skew / 1_000);
      });
    },
  });
  const events = new Counter({
    name: 'onboarding_events_total',
    help: 'Steps taken, by their event in the audit trail',
    labelNames: ['type'],
    registers,
  });
  const stageSeconds = new Histogram({
    name: 'onboarding_stage_seconds',
    help: 'Time spent at a stage, once for each step that leads to the next',
    labelNames: ['stage', 'next'],
    buckets: [
      10,
      MINUTE,
      5 * MINUTE,
      15 * MINUTE,
      HOUR,
      4 * HOUR,
      12 * HOUR,
      DAY,
      3 * DAY,
      7 * DAY,
      30 * DAY,
    ],
    registers,
  });
  const missed = new Counter({
    name: 'onboarding_deadlines_missed_total',
    help: 'Blocks and expiries that were written more than a minute after deadline and grace',
    labelNames: ['deadline'],
    registers,
  });
  const messages = new Counter({
    name: 'onboarding_messages_total',
    help: 'Mails and texts: attempts, and how far they got',
    labelNames: ['channel', 'kind', 'state'],
    registers,
  });
  const messageSeconds = new Histogram({
    name: 'onboarding_message_seconds',
    help: 'From the asking for a mail or text, or its first attempt, to its acceptance by the provider',
    labelNames: ['channel', 'kind'],
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY],
    registers,
  });
  const providerSeconds = new Histogram({
    name: 'onboarding_provider_seconds',
    help: 'Calls to the mail server and the text provider',
    labelNames: ['provider', 'result'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30],
    registers,
  });
  const texts = new Counter({
    name: 'onboarding_texts_total',
    help: 'Texts that the provider accepted, by country of the number',
    labelNames: ['country'],
    registers,
  });
  const textUnits = new Counter({
    name: 'onboarding_text_units_total',
    help: 'Units of texts in final delivery reports',
    labelNames: ['country'],
    registers,
  });
  const textCost = new Counter({
    name: 'onboarding_text_cost_total',
    help: "Amounts in final delivery reports, in the provider account's currency",
    labelNames: ['country'],
    registers,
  });
  const limitsHit = new Counter({
    name: 'onboarding_limits_hit_total',
    help: 'Requests that a limit refused',
    labelNames: ['limit'],
    registers,
  });
  const linkVisits = new Counter({
    name: 'onboarding_link_visits_total',
    help: 'Mailed links opened, by what seems to have opened them; opening changes nothing',
    labelNames: ['purpose', 'visitor'],
    registers,
  });
  const signIns = new Counter({
    name: 'onboarding_sign_ins_total',
    help: 'Passwords and codes at sign-in; codes also when a number is first confirmed',
    labelNames: ['result'],
    registers,
  });
  const requests = new Histogram({
    name: 'onboarding_http_request_seconds',
    help: 'Requests by the pattern of their route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });

  // A counter that appears with its first event shows no increase: those that alerts watch begin at zero.
  for (const type of EVENT_TYPES) events.inc({ type }, 0);
  for (const limit of LIMIT_NAMES) limitsHit.inc({ limit }, 0);
  for (const result of SIGN_IN_RESULTS) signIns.inc({ result }, 0);
  for (const deadline of ['verification', 'invitation']) missed.inc({ deadline }, 0);
  for (const country of textCountries)
    for (const counter of [texts, textUnits, textCost]) counter.inc({ country }, 0);
  for (const state of ['accepted', 'failed']) messages.inc({ channel: 'text', kind: 'code', state }, 0);
  for (const provider of PROVIDERS)
    for (const result of PROVIDER_RESULTS) providerSeconds.zero({ provider, result });

  let database: WatchedDatabase | undefined;
  let asked: { at: number; answer: Promise<Answer> } | undefined;
  const showNothing = () => {
    for (const gauge of [people, waiting]) gauge.reset();
    // Without a label a gauge is reset to 0, which would say that all is well.
    for (const gauge of [needsSupport, clockSkew]) gauge.remove();
  };
  showNothing();

  /** Where the database does not answer there is nothing to show, and the rest is shown all the same. */
  async function count(show: (answer: Answer) => void): Promise<void> {
    if (!database) return;
    const now = Date.now();
    if (!asked || now - asked.at > ASKED_AGAIN_AFTER) asked = { at: now, answer: answerOf(database) };
    await asked.answer.then(show, showNothing);
  }

  async function answerOf(from: WatchedDatabase): Promise<Answer> {
    const at = clock();
    const [standing, skew] = await Promise.all([
      from.standing(new Date(at.getTime() - LATE)),
      from.clockSkew(at).catch(() => undefined),
    ]);
    return { ...standing, skew };
  }

  const observer: StoreObserver = {
    stepped({ before, after, type }) {
      events.inc({ type });
      if (!before) return;
      if (before.stageSince.getTime() !== after.stageSince.getTime()) {
        const seconds = (after.stageSince.getTime() - before.stageSince.getTime()) / 1_000;
        stageSeconds.observe({ stage: before.stage, next: after.stage }, Math.max(seconds, 0));
      }
      const deadline = DEADLINE_OF[type];
      if (deadline && before.dueAt && clock().getTime() - before.dueAt.getTime() > LATE)
        missed.inc({ deadline });
    },
    tried: ({ channel, kind }) => messages.inc({ channel, kind, state: 'tried' }),
    moved({ channel, kind, state, askedAt, createdAt }, was) {
      messages.inc({ channel, kind, state });
      if (was !== 'queued' || state === 'failed') return;
      // A delivery report may be the first to tell of an acceptance.
      if (state !== 'accepted') messages.inc({ channel, kind, state: 'accepted' });
      const milliseconds = clock().getTime() - (askedAt ?? createdAt).getTime();
      messageSeconds.observe({ channel, kind }, Math.max(milliseconds, 0) / 1_000);
    },
    limited: (limit) => limitsHit.inc({ limit }),
  };

  return {
    registry,
    observer,
    request: ({ method, route, status, seconds }) => requests.observe({ method, route, status }, seconds),
    linkVisited: (visit) => linkVisits.inc(visit),
    signedIn: (result) => signIns.inc({ result }),
    provided: ({ provider, result, seconds }) => providerSeconds.observe({ provider, result }, seconds),
    texted: (country) => texts.inc({ country }),
    charged({ country, units, cost }) {
      textUnits.inc({ country }, units);
      textCost.inc({ country }, cost);
    },
    watch(watched) {
      database = watched;
    },
  };
}

/** What the database says when it is asked. */
type Answer = Standing & { skew: number | undefined };

const DEADLINE_OF: Partial<Record<(typeof EVENT_TYPES)[number], string>> = {
  blocked: 'verification',
  'invitation-expired': 'invitation',
};

/** Memory, processor time and event loop of this process. */
export const watchProcess = ({ registry }: Metrics): void => collectDefaultMetrics({ register: registry });
