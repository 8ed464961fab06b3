import { STAFF_ACTIONS } from '../../../store/actions.js';
import { STAGES } from '../../../store/facts.js';
import { STUCK_REASONS, suggestionFor } from '../../support/why-stuck.js';
import { EVENT_TYPES, isAction, reasonWords, suggestionWords, titleOf } from '../../support/wording.js';
import type { SupportMessage, SupportPeople, SupportPerson, SupportPersonInList } from '../support-models.js';

/** Models of the support console in its states, for the gallery and the tests. */
const at = new Date('2026-11-25T14:05:00Z');

const KINDS = [
  'code',
  'blocked',
  'enrolment-reminder',
  'verification-reminder',
  'new-window',
  'verification',
  'invitation-reminder',
  'invitation',
  'address-changed',
  'number-changed',
  'password-reset',
  'password-changed',
  'sign-in-notice',
  'invitation-expired',
  'invitation-revoked',
  'invitation-stuck',
  'invitation-requested',
  'chat-waiting',
  'chat-answered',
  'a-kind-without-words',
];

const delivered: SupportMessage = { kind: 'verification', state: 'delivered', at, attempts: 1 };

export const person: SupportPerson = {
  id: '0b9f2f2e-6f0e-4e0a-9d43-6d1f7c1f8a11',
  chatUnread: 0,
  path: '/support/0b9f2f2e-6f0e-4e0a-9d43-6d1f7c1f8a11',
  name: 'Noor de Vries',
  email: 'noor.devries@stmarys.example',
  stage: 'verifying',
  since: at,
  deadline: { words: 'support.deadlines.verify-email', at },
  lastMessage: delivered,
  live: {
    state: 'running',
    stage: 'verifying',
    sending: [{ kind: 'verification' }],
    alarmAt: at,
    pending: [{ activity: 'sendMail', tries: 3, lastFailure: 'The mail server did not accept it' }],
  },
  temporalUrl: 'http://localhost:8233/namespaces/default/workflows/example',
  actions: [
    { name: 'resend', reason: '', suggested: false, open: false },
    { name: 'correct-email', reason: '', email: '', suggested: false, open: false },
  ],
  self: false,
  messages: [delivered, { kind: 'invitation', state: 'accepted', at, attempts: 2 }],
  timeline: [
    {
      words: 'support.events.window-opened',
      type: 'window-opened',
      at,
      actor: { name: 'Grace Okafor' },
      reason: 'Was on leave',
    },
    {
      words: 'support.events.invited',
      type: 'invited',
      at,
      actor: { words: 'support.actors.api-key', name: 'Dr Jonas Weber' },
    },
  ],
  about: { teamName: 'Cardiology, St Mary’s', role: 'clinician', invitedBy: 'Dr Jonas Weber' },
};

const blocked: SupportPerson = {
  ...omit(person, 'deadline'),
  chatUnread: 1,
  stage: 'blocked',
  stuck: { words: reasonWords('blocked-not-verified'), since: at, action: 'new-window' },
  live: { state: 'running', stage: 'blocked', sending: [], pending: [] },
  actions: [
    { name: 'new-window', reason: '', suggested: true, open: true },
    { name: 'correct-email', reason: '', email: '', suggested: false, open: false },
    { name: 'erase', reason: '', suggested: false, open: false },
  ],
};

const confirming: SupportPerson = {
  ...person,
  stage: 'confirming',
  deadline: { words: 'support.deadlines.code-expires', at },
  tries: { code: 0, account: 3 },
  lockedUntil: at,
  stuck: {
    words: reasonWords('code-locked'),
    since: at,
    until: at,
    failure: '429',
    action: 'unlock',
  },
  lastMessage: { kind: 'code', state: 'queued', at, attempts: 1, failure: '429' },
  live: {
    state: 'no-worker',
    status: 'RUNNING',
    pending: [{ activity: 'sendCode', tries: 1 }],
  },
  about: { ...person.about, lastDigits: '123', role: 'team-lead' },
};

const erased: SupportPerson = {
  ...omit(person, 'deadline', 'lastMessage', 'temporalUrl'),
  name: '',
  email: '',
  stage: 'erased',
  live: { state: 'missing' },
  actions: [],
  messages: [],
  timeline: [
    {
      words: 'support.events.erased',
      type: 'erased',
      at,
      actor: { words: 'support.actors.unknown', name: '' },
    },
    {
      words: 'support.events.blocked',
      type: 'blocked',
      at,
      actor: { words: 'support.actors.service', name: '' },
    },
    {
      words: 'support.events.invited',
      type: 'invited',
      at,
      actor: { words: 'support.actors.admin', name: '' },
    },
  ],
};

const everything: SupportPerson = {
  ...person,
  stage: 'active',
  tries: { account: 10 },
  live: { state: 'ended', status: 'COMPLETED', asExpected: true },
  notice: { kind: 'done', action: 'reinstate' },
  self: true,
  actions: STAFF_ACTIONS.map((name) => ({
    name,
    reason: '',
    ...(name === 'correct-email' && { email: '' }),
    suggested: false,
    open: false,
  })),
  messages: KINDS.map((kind, n) => ({
    kind,
    state: (['queued', 'accepted', 'sent', 'delivered', 'failed'] as const)[n % 5] ?? 'queued',
    at,
    attempts: n,
    ...(n % 5 === 4 && { failure: '550' }),
  })),
  timeline: [
    ...EVENT_TYPES.map((type) => ({
      words: titleOf(type) ?? '',
      type,
      at,
      actor: { words: 'support.actors.themself', name: '' },
    })),
    { type: 'yet-unknown', at, actor: { name: 'Grace Okafor' } },
  ],
  about: {
    ...person.about,
    lastDigits: '123',
    authenticatorSince: at,
    recoveryCodesLeft: '7',
    role: 'support',
  },
};

export const supportPersonExamples: { name: string; model: SupportPerson; errors?: [string, string][] }[] = [
  { name: 'verifying', model: person },
  { name: 'blocked', model: blocked },
  {
    name: 'blocked, reason missing',
    model: blocked,
    errors: [['reason-new-window', 'reason-missing']],
  },
  {
    name: 'wrong address',
    model: {
      ...person,
      actions: [
        { name: 'correct-email', reason: 'Typing error', email: 'noor@', suggested: false, open: true },
      ],
    },
    errors: [['email-correct-email', 'email-invalid']],
  },
  { name: 'locked, no worker', model: confirming },
  { name: 'erased', model: erased },
  { name: 'everything', model: everything },
  {
    name: 'mail never accepted',
    model: {
      ...person,
      deadline: { words: 'support.deadlines.mail-not-accepted', at },
      live: { state: 'ended', status: 'TERMINATED', asExpected: false },
      notice: { kind: 'accepted', action: 'resend' },
    },
  },
  ...(['invited', 'enrolling', 'confirming'] as const).map((stage) => ({
    name: `waiting at ${stage}`,
    model: {
      ...omit(person, 'deadline', 'lastMessage'),
      stage,
      live: { state: 'unreachable' as const },
    },
  })),
];

/** One page for each reason: they differ in a sentence, so only its words are worth a look. */
export const stuckExamples: { name: string; model: SupportPerson }[] = STUCK_REASONS.map((reason) => {
  const suggestion = suggestionFor(reason);
  const help = isAction(suggestion) ? { action: suggestion } : { advice: suggestionWords(suggestion) };
  return { name: reason, model: { ...blocked, stuck: { words: reasonWords(reason), since: at, ...help } } };
});

export function inList(more: Partial<SupportPersonInList>): SupportPersonInList {
  return {
    id: 'example',
    name: 'Noor de Vries',
    email: 'noor.devries@stmarys.example',
    stage: 'verifying',
    since: at,
    teamName: 'Cardiology, St Mary’s',
    needsHelp: false,
    ...more,
  };
}

const people: SupportPeople = {
  chatsWaiting: 2,
  search: { text: '', stage: '', teamId: '', deadlineSoon: false, needsHelp: false },
  teams: [
    { id: 'cardiology', name: 'Cardiology, St Mary’s' },
    { id: 'heart', name: 'Heart failure clinic' },
  ],
  stages: [
    { count: 1_250, href: '/support', current: true },
    ...STAGES.map((stage, n) => ({ stage, count: n * 37, href: `/support?stage=${stage}`, current: false })),
  ],
  people: [
    inList({ deadline: { words: 'support.deadlines.verify-email', at } }),
    inList({ name: 'Tomasz Zieliński', stage: 'blocked', needsHelp: true }),
    inList({
      name: 'j.smith@stmarys.example',
      email: 'j.smith@stmarys.example',
      stage: 'invited',
      deadline: { words: 'support.deadlines.answer-invitation', at },
    }),
    inList({ name: '', email: '', stage: 'erased' }),
  ],
  nextHref: '/support?after=1_example',
};

export const supportPeopleExamples: { name: string; model: SupportPeople }[] = [
  { name: 'everyone', model: people },
  {
    name: 'nobody found',
    model: {
      ...people,
      chatsWaiting: 0,
      search: { text: 'nobody', stage: 'blocked', teamId: 'heart', deadlineSoon: true, needsHelp: true },
      people: [],
      firstHref: '/support',
    },
  },
];

function omit<T extends object, K extends keyof T>(object: T, ...names: K[]): Omit<T, K> {
  const rest = { ...object };
  for (const name of names) delete (rest as Partial<T>)[name];
  return rest;
}
