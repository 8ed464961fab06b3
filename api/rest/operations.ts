import type { StaffActionName } from '../../store/actions.js';
import {
  EXAMPLE_BATCH,
  EXAMPLE_BATCH_DETAIL,
  EXAMPLE_CSV,
  EXAMPLE_DETAIL,
  EXAMPLE_INVITATION,
  EXAMPLE_PAGE,
  EXAMPLE_PREVIEW,
} from './examples.js';
import type { Operation } from './operation.js';
import {
  batchMode,
  batchPreview,
  batchQuery,
  emailCorrection,
  invitation,
  invitationBatch,
  invitationBatchDetail,
  invitationDetail,
  invitationPage,
  listQuery,
  newBatch,
  newInvitation,
  nothing,
  withReason,
} from './schemas.js';

const PERSON = { location: 'Path of the invitation.' };

export const invitePerson = {
  id: 'invitePerson',
  method: 'post',
  path: '/invitations',
  summary: 'Invite a clinician',
  description:
    'Mails the invitation. Where your team has invited the person before, you get that invitation and nobody is mailed again.',
  query: nothing,
  body: newInvitation,
  answers: {
    201: { ...PERSON, description: 'Invited.', schema: invitation, example: EXAMPLE_INVITATION },
    200: { ...PERSON, description: 'Was invited before.', schema: invitation, example: EXAMPLE_INVITATION },
  },
  refusals: [
    'email-invalid',
    'name-too-long',
    'name-has-link',
    'message-too-long',
    'message-has-link',
    'cannot-invite',
    'busy',
  ],
} as const satisfies Operation;

export const listInvitations = {
  id: 'listInvitations',
  method: 'get',
  path: '/invitations',
  summary: 'List your team’s invitations',
  description:
    'Newest first, a page at a time. What is invited while you turn pages comes before the first page and moves nothing.',
  query: listQuery,
  answers: { 200: { description: 'One page.', schema: invitationPage, example: EXAMPLE_PAGE } },
  refusals: [],
} as const satisfies Operation;

export const showInvitation = {
  id: 'showInvitation',
  method: 'get',
  path: '/invitations/{id}',
  summary: 'See one invitation, live',
  description:
    'Where the person is and why: facts and deadlines, what became of the mails and texts, what the workflow is doing at this moment, and what has happened so far.',
  query: nothing,
  answers: { 200: { description: 'The invitation.', schema: invitationDetail, example: EXAMPLE_DETAIL } },
  refusals: ['not-found'],
} as const satisfies Operation;

const ACTED = {
  200: { ...PERSON, description: 'Carried out.', schema: invitation, example: EXAMPLE_INVITATION },
  202: {
    ...PERSON,
    description: 'Decided and stored; being carried out.',
    schema: invitation,
    example: EXAMPLE_INVITATION,
  },
};

const action = <Name extends StaffActionName>(name: Name, summary: string, description: string) =>
  ({
    id: name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    method: 'post',
    path: `/invitations/{id}/${name}`,
    summary,
    description,
    query: nothing,
    body: withReason,
    answers: ACTED,
    refusals: ['not-found', 'not-allowed', 'wrong-stage', 'reason-missing'],
  }) as const satisfies Operation;

export const ACTION_OPERATIONS = {
  resend: {
    ...action('resend', 'Mail the current link again', 'No deadline moves. At most once in 30 seconds.'),
    refusals: ['not-found', 'not-allowed', 'wrong-stage', 'reason-missing', 'too-soon'],
  },
  'new-window': {
    ...action(
      'new-window',
      'Open a new 24-hour window',
      'For somebody who did not verify the address in time: the old link ends, a new one is mailed. Not within 30 seconds of the mail before.',
    ),
    refusals: ['not-found', 'not-allowed', 'wrong-stage', 'reason-missing', 'too-soon'],
  },
  'correct-email': {
    ...action(
      'correct-email',
      'Correct the address',
      'Invites the person anew at the right address, for as long as anybody is invited. Every link of before ends, and an account that was begun at the wrong address is void: password, names and number go. Counts as an invitation. Not within 30 seconds of the mail before.',
    ),
    body: emailCorrection,
    refusals: [
      'not-found',
      'not-allowed',
      'wrong-stage',
      'reason-missing',
      'too-soon',
      'email-invalid',
      'same-email',
      'cannot-invite',
    ],
  },
  revoke: action('revoke', 'Take an invitation back', 'Its link ends and the address is free again.'),
  suspend: action('suspend', 'Suspend an active person', 'Signs the person out everywhere.'),
  reinstate: action('reinstate', 'Let a suspended person in again', 'The account is as it was.'),
} as const satisfies Partial<Record<StaffActionName, Operation>>;

/** Support's, not the team lead's: known, so that they are refused rather than not found; in no list. */
export const SUPPORT_ONLY = {
  unlock: action('unlock', 'Support only', 'Refused.'),
  'correct-number': action('correct-number', 'Support only', 'Refused.'),
  erase: action('erase', 'Support only', 'Refused.'),
};

export type ActionOperation = Operation<typeof nothing, typeof withReason | typeof emailCorrection>;

export const inviteMany = {
  id: 'inviteMany',
  method: 'post',
  path: '/invitation-batches',
  summary: 'Invite many clinicians',
  description:
    'Up to 10,000 rows, 2 MB, as JSON or `text/csv`. The batch is stored before you are answered; its rows become invitations one by one, whatever crashes meanwhile. A row that is wrong holds up no other. Each invitation counts against what your key may make in an hour: where that is used up, the batch waits and goes on by itself.',
  query: batchMode,
  body: newBatch,
  csv: EXAMPLE_CSV,
  answers: {
    202: {
      description: 'Stored; being carried out.',
      schema: invitationBatch,
      example: EXAMPLE_BATCH,
      location: 'Path of the batch.',
    },
    200: {
      description: 'What would become of the rows (`dryRun`).',
      schema: batchPreview,
      example: EXAMPLE_PREVIEW,
    },
  },
  refusals: ['busy'],
} as const satisfies Operation;

export const showBatch = {
  id: 'showBatch',
  method: 'get',
  path: '/invitation-batches/{id}',
  summary: 'See what has become of a batch',
  description: 'How many rows are done, and what has become of each, a page at a time.',
  query: batchQuery,
  answers: {
    200: { description: 'The batch.', schema: invitationBatchDetail, example: EXAMPLE_BATCH_DETAIL },
  },
  refusals: ['not-found'],
} as const satisfies Operation;

/** Everything that the API can do: routes, the OpenAPI document, the docs and the tests are made from this list. */
export const OPERATIONS: readonly Operation[] = [
  invitePerson,
  listInvitations,
  showInvitation,
  ...Object.values(ACTION_OPERATIONS),
  inviteMany,
  showBatch,
];
