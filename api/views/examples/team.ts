import type { StaffActionName } from '../../../store/actions.js';
import { STAGES } from '../../../store/facts.js';
import type { FieldError, PageModels } from '../models.js';
import type { TeamApiKeys, TeamBatch, TeamInvitations, TeamPerson, TeamPreview } from '../team-models.js';
import { inList, person as supported } from './support.js';

/** Models of the team leads' pages in their states, for the gallery and the tests. */
const at = new Date('2026-11-25T14:05:00Z');
const teamName = 'Cardiology, St Mary’s';

const invitations: TeamInvitations = {
  teamName,
  stages: [
    { count: 120, href: '/team', current: true },
    ...STAGES.map((stage, n) => ({ stage, count: n * 7, href: `/team?stage=${stage}`, current: false })),
  ],
  people: [
    inList({ stage: 'invited', deadline: { words: 'support.deadlines.answer-invitation', at } }),
    inList({ name: 'Tomasz Zieliński', stage: 'blocked', needsHelp: true }),
  ],
  batches: [
    { id: 'one', at, rows: 1_200, done: false },
    { id: 'two', at, rows: 1, done: true },
  ],
  nextHref: '/team?after=1_example',
};

const { id, name, email, since, messages, timeline, about } = supported;
const actions = (...names: StaffActionName[]): TeamPerson['actions'] =>
  names.map((each) => ({
    name: each,
    reason: '',
    ...(each === 'correct-email' && { email: '' }),
    suggested: false,
    open: false,
  }));
const person: TeamPerson = {
  id,
  path: `/team/${id}`,
  name,
  email,
  stage: 'verifying',
  since,
  deadline: { words: 'support.deadlines.verify-email', at },
  actions: actions('resend', 'new-window', 'correct-email'),
  self: false,
  messages,
  timeline: [
    {
      words: 'support.events.window-opened',
      type: 'window-opened',
      at,
      actor: { words: 'support.actors.support', name: '' },
    },
    ...timeline.slice(1),
  ],
  about,
};

const preview: TeamPreview = {
  csv: 'email,firstName\nsam.taylor@example.org,"Sam"\n',
  id: 'example',
  counts: { created: 47, existing: 1, refused: 2 },
  rows: [
    { row: 3, outcome: 'existing', invitationId: 'example', typed: 'noor.devries@stmarys.example' },
    { row: 8, outcome: 'refused', reason: 'email-invalid', typed: 'noor.devries@' },
    { row: 9, outcome: 'refused', reason: 'bad-request', typed: '' },
  ],
  notShown: 0,
};

const batch: TeamBatch = {
  at,
  total: 50,
  pending: 20,
  counts: { created: 28, existing: 1, refused: 1 },
  done: false,
  rows: [
    { row: 3, outcome: 'existing', invitationId: 'example' },
    { row: 8, outcome: 'refused', reason: 'cannot-invite' },
    { row: 9, outcome: 'refused', reason: 'not-allowed' },
  ],
  notShown: 0,
};

const keys: TeamApiKeys = {
  keys: [
    {
      id: 'one',
      label: 'The rota system',
      ownerName: 'Dr Jonas Weber',
      createdAt: at,
      lastUsedAt: at,
      state: 'works',
      until: at,
    },
    { id: 'two', ownerName: 'Dr Jonas Weber', createdAt: at, state: 'revoked', until: at },
    { id: 'three', label: 'Old', ownerName: '', createdAt: at, state: 'expired', until: at },
  ],
  values: { label: '', days: '90' },
};

type TeamPage = 'team' | 'team-person' | 'team-invite-many' | 'team-preview' | 'team-batch' | 'team-api-keys';
export type TeamExample = {
  [Name in TeamPage]: { name: string; page: Name; model: PageModels[Name]; errors?: FieldError[] };
}[TeamPage];

export const teamExamples: TeamExample[] = [
  { name: 'with invitations', page: 'team', model: invitations },
  {
    name: 'nobody at this stage',
    page: 'team',
    model: { ...invitations, people: [], batches: [], firstHref: '/team' },
  },
  { name: 'verifying', page: 'team-person', model: person },
  ...(['invitation-undeliverable', 'verification-undeliverable', 'text-undeliverable'] as const).map(
    (problem) => ({ name: problem, page: 'team-person' as const, model: { ...person, problem } }),
  ),
  {
    name: 'reason missing',
    page: 'team-person',
    model: {
      ...person,
      stage: 'invited',
      actions: [{ name: 'revoke', reason: '', suggested: false, open: true }],
    },
    errors: [{ field: 'reason-revoke', code: 'reason-missing' }],
  },
  {
    name: 'suspended just now',
    page: 'team-person',
    model: {
      ...person,
      stage: 'suspended',
      actions: actions('reinstate'),
      notice: { kind: 'done', action: 'suspend' },
    },
  },
  {
    name: 'a member of staff',
    page: 'team-person',
    model: { ...person, stage: 'active', actions: [], about: { ...about, role: 'team-lead' } },
  },
  { name: 'empty', page: 'team-invite-many', model: { teamName, csv: '' } },
  {
    name: 'cannot be read',
    page: 'team-invite-many',
    model: { teamName, csv: 'email\nsam@example.org,"Sam' },
    errors: [{ field: 'csv', code: 'list-quote-open', values: { line: 2 } }],
  },
  {
    name: 'nobody in it',
    page: 'team-invite-many',
    model: { teamName, csv: 'email' },
    errors: [{ field: 'csv', code: 'list-empty' }],
  },
  { name: 'with rows to look at', page: 'team-preview', model: preview },
  {
    name: 'one person',
    page: 'team-preview',
    model: { ...preview, counts: { created: 1, existing: 0, refused: 0 }, rows: [] },
  },
  {
    name: 'nobody new',
    page: 'team-preview',
    model: { ...preview, counts: { created: 0, existing: 1, refused: 1 }, notShown: 1 },
  },
  { name: 'under way', page: 'team-batch', model: batch },
  { name: 'waiting', page: 'team-batch', model: { ...batch, waitsUntil: at } },
  { name: 'done', page: 'team-batch', model: { ...batch, done: true, pending: 0, notShown: 300 } },
  { name: 'of one row', page: 'team-batch', model: { ...batch, done: true, total: 1, pending: 0, rows: [] } },
  { name: 'some', page: 'team-api-keys', model: keys },
  {
    name: 'just made',
    page: 'team-api-keys',
    model: { ...keys, made: 'key_VGhpcyBpcyBhbiBleGFtcGxlLCBub3QgYSBrZXkgb2YgYW55' },
  },
  {
    name: 'none, mistakes',
    page: 'team-api-keys',
    model: { keys: [], values: { label: '', days: '365' } },
    errors: [
      { field: 'label', code: 'key-label-missing' },
      { field: 'password', code: 'password-wrong' },
    ],
  },
];
