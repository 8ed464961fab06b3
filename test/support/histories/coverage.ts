import type { Facts } from '../../../activities/facts.js';
import type { Activities, MailKind } from '../../../activities/index.js';
import { ACTIONS, type Rule } from '../../../store/actions.js';
import { type Problem, STAGES, type Stage } from '../../../store/facts.js';
import * as workflows from '../../../workflows/index.js';
import type { Told } from './saved.js';

/**
 * What histories are to hold, made from the code: what is added there is missing here until a history is saved. Each is a
 * line of words, so that a failing test says what is missing.
 */
export type Lines = readonly string[];

/** At these the workflow returns: what happens there happens without it, and a nudge that comes begins at most another one. */
const ENDED: readonly Stage[] = ['active', 'suspended', 'expired', 'revoked'];
/** What comes out of a workflow beside these stages. */
const OTHER_RESULTS = ['blocked', 'erased', 'superseded'];

const rules: Rule[] = Object.values(ACTIONS);
const moves = rules.flatMap(({ from }) => Object.entries(from) as [Stage, Stage][]);
const lines = (all: readonly string[]): Lines => [...new Set(all)].sort();

const TYPES = lines(Object.keys(workflows).map((type) => `workflow ${type}`));

/** Of a workflow that is there to see it. */
const STAGE_PAIRS = lines(
  moves.filter(([before]) => !ENDED.includes(before)).map(([before, after]) => `${before} → ${after}`),
);

/**
 * What was decided after the end has no workflow that passes it. Where it leads on, the next attempt begins there; where it
 * stays at an end, a workflow begins there if Temporal has forgotten that there was one.
 */
const BEGINNINGS = lines([
  'begins at invited',
  // A blocked person who is let in near the end of the block (store/steps/attempts.ts).
  'begins at verifying',
  ...moves.filter(([before]) => ENDED.includes(before)).map(([, after]) => `begins at ${after}`),
]);

const RESULTS = lines([...ENDED, ...OTHER_RESULTS].map((result) => `comes out as ${result}`));

/** Which mails are sent more than once for the same link: asked for again, or the next reminder. */
const MAILS = {
  invitation: 'again',
  'invitation-reminder': 'again',
  verification: 'again',
  'new-window': 'again',
  'verification-reminder': 'once',
  'enrolment-reminder': 'once',
  blocked: 'once',
} as const satisfies Record<MailKind, 'once' | 'again'>;

const MESSAGES = lines([
  ...Object.entries(MAILS).flatMap(([kind, often]) => [
    `mail ${kind}`,
    ...(often === 'again' ? [`mail ${kind}, again`] : []),
  ]),
  'text code',
  'text code, again',
]);

/** A database step runs in the worker, and as an ordinary activity where that fails. */
const RUNS = {
  look: 'both',
  block: 'both',
  expireInvite: 'both',
  activate: 'both',
  erase: 'both',
  sendMail: 'ordinary',
  sendNotice: 'ordinary',
  sendCode: 'ordinary',
  inviteRows: 'ordinary',
  sweepOnce: 'ordinary',
  fileOnce: 'ordinary',
  eraseEnded: 'ordinary',
  deleteExpired: 'ordinary',
} as const satisfies Record<keyof Activities, 'both' | 'ordinary'>;

const ACTIVITIES = lines(
  Object.entries(RUNS).flatMap(([type, runs]) => [
    `activity ${type}`,
    ...(runs === 'both' ? [`activity ${type}, local`, `activity ${type}, local, failed`] : []),
  ]),
);

/** At which stages the workflow is told a fact. */
const FACTS = {
  stage: STAGES,
  seq: STAGES,
  about: ['invited', 'verifying', 'confirming', 'blocked'],
  nth: ['invited', 'verifying', 'confirming', 'blocked'],
  dueAt: ['invited', 'verifying', 'blocked'],
  remindAt: ['invited', 'verifying', 'enrolling', 'confirming'],
  confirmed: ['confirming'],
  reopened: ['verifying'],
  stuck: ['invited', 'verifying', 'confirming'],
  erasing: ['erased'],
  attempt: ['verifying', 'enrolling', 'confirming', 'active', 'erased'],
} as const satisfies Record<keyof Facts, readonly Stage[]>;

/** Where nobody gets a message, and that it ends. */
const STUCK_AT = {
  'invitation-undeliverable': 'invited',
  'verification-undeliverable': 'verifying',
  'text-undeliverable': 'confirming',
} as const satisfies Record<Problem, Stage>;

/** What is sent anew while the stage stays: the same once more, or another link or code. */
const WITHIN_STAGES = lines(
  (['invited', 'verifying', 'confirming'] as const).flatMap((stage) => [
    `${stage}: the same again`,
    `${stage}: another one`,
  ]),
);

const ALL_FACTS = lines([
  ...Object.entries(FACTS).flatMap(([fact, stages]) => stages.map((stage) => `${fact} at ${stage}`)),
  ...Object.values(STUCK_AT).map((stage) => `stuck no more after ${stage}`),
]);

/** What can happen to a workflow whatever it is about. */
const EVENTS = [
  'activity failed',
  'activity timed out',
  'another history, the first',
  'another history, in between',
  'another history, the last',
  // What gives up after a while: a message to somebody else, a text, a database that has nobody of that id.
  'notice fails',
  'signInCode fails',
  'clinicianOnboarding fails',
  'signal with a trace',
  'activity with a trace',
  'activity without, after one with a trace',
  'update',
];

export const WANTED: Record<string, Lines> = {
  'every workflow': TYPES,
  'every step from stage to stage that a workflow can pass': STAGE_PAIRS,
  'every stage at which one begins after another has ended': BEGINNINGS,
  'everything that comes out': RESULTS,
  'every mail and text, also a second time': MESSAGES,
  'every activity, and each step on the database both ways': ACTIVITIES,
  'every fact at every stage': ALL_FACTS,
  'what is sent anew at a stage': WITHIN_STAGES,
  'everything that can happen to any workflow': EVENTS,
};

/** What one history holds of all that. */
function heldBy(told: Told): Lines {
  return lines([
    `workflow ${told.workflowType}`,
    ...told.activities.flatMap(activityLines),
    ...wayLines(told),
    ...told.facts.flatMap((facts) => Object.keys(facts).map((fact) => `${fact} at ${facts.stage}`)),
    ...told.facts.flatMap((facts, n) => changeLines(told.facts[n - 1], facts)),
  ]);
}

function activityLines({ type, local, end, input }: Told['activities'][number]): string[] {
  const { kind, nth } = { ...(input as { kind?: string; nth?: number } | undefined) };
  const message = type === 'sendMail' ? `mail ${kind}` : type === 'sendCode' ? 'text code' : undefined;
  return [
    `activity ${type}${local ? ', local' : ''}${local && end === 'failed' ? ', failed' : ''}`,
    ...(end && !local ? [`activity ${end}`] : []),
    ...(message ? [message, ...((nth ?? 1) > 1 ? [`${message}, again`] : [])] : []),
  ];
}

function wayLines(told: Told): string[] {
  const { end, continues, facts, activities } = told;
  const [first] = facts;
  const traces = activities.map(({ traced }) => traced);
  return [
    ...(first && !continues && told.workflowType === 'clinicianOnboarding'
      ? [`begins at ${first.stage}`]
      : []),
    ...(typeof end === 'object' && typeof end.result === 'string' ? [`comes out as ${end.result}`] : []),
    ...(end === 'failed' ? [`${told.workflowType} fails`] : []),
    ...(end === 'continued' ? [`another history, ${continues ? 'in between' : 'the first'}`] : []),
    ...(continues && end !== 'continued' ? ['another history, the last'] : []),
    ...(told.updates > 0 ? ['update'] : []),
    ...(told.tracedSignals > 0 ? ['signal with a trace'] : []),
    ...(traces.includes(true) ? ['activity with a trace'] : []),
    ...(traces.lastIndexOf(false) > traces.indexOf(true) && traces.includes(true)
      ? ['activity without, after one with a trace']
      : []),
  ];
}

/** Only what lies one step apart: a workflow that missed one has not passed it. */
function changeLines(before: Facts | undefined, after: Facts): string[] {
  if (!before || after.seq !== before.seq + 1) return [];
  return [
    `${before.stage} → ${after.stage}`,
    ...(before.stuck && !after.stuck ? [`stuck no more after ${before.stage}`] : []),
    ...(before.stage === after.stage ? anewAt(before, after) : []),
  ];
}

function anewAt(before: Facts, after: Facts): string[] {
  if (before.about === undefined || after.about === undefined) return [];
  if (before.about !== after.about) return [`${after.stage}: another one`];
  return (after.nth ?? 1) > (before.nth ?? 1) ? [`${after.stage}: the same again`] : [];
}

/** What no history holds. */
export function missing(wanted: Lines, all: readonly Told[]): Lines {
  const held = new Set(all.flatMap(heldBy));
  return wanted.filter((line) => !held.has(line));
}
