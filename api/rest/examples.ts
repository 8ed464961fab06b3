import { cursorOf, cursorOfRow } from './cursor.js';

const id = '3f0c7e52-8c1f-4a55-9d0e-5b8f6a2b9c10';
const createdAt = '2026-03-02T09:00:00.000Z';

/** Answers as the OpenAPI document shows them. A test holds them to the schemas. */
export const EXAMPLE_INVITATION = {
  id,
  email: 'sam.taylor@example.org',
  firstName: 'Sam',
  lastName: 'Taylor',
  role: 'clinician',
  locale: 'en',
  stage: 'invited',
  createdAt,
  inviteBy: '2026-03-09T09:00:00.000Z',
};

export const EXAMPLE_PAGE = {
  items: [EXAMPLE_INVITATION],
  nextCursor: cursorOf({ _id: id, createdAt: new Date(createdAt) }),
};

const counts = { created: 47, existing: 0, refused: 3 };
const refusedRow = { row: 8, outcome: 'refused' as const, reason: 'email-invalid', field: 'email' };

export const EXAMPLE_CSV = `email,firstName,lastName
sam.taylor@example.org,Sam,Taylor
noor.devries@example.org,Noor,"de Vries"
`;

export const EXAMPLE_PREVIEW = { rows: 50, counts, items: [refusedRow] };

export const EXAMPLE_BATCH = {
  id: '7c9a3f52-0b1e-4c7d-9f7a-1d2b3c4d5e6f',
  createdAt,
  state: 'running',
  rows: 50,
  counts: { pending: 47, created: 0, existing: 0, refused: 3 },
};

export const EXAMPLE_BATCH_DETAIL = {
  ...EXAMPLE_BATCH,
  state: 'done',
  counts: { pending: 0, ...counts },
  items: [{ row: 1, outcome: 'created', invitationId: id }, refusedRow],
  nextCursor: cursorOfRow(8),
};

export const EXAMPLE_DETAIL = {
  ...EXAMPLE_INVITATION,
  stageSince: createdAt,
  actions: ['resend', 'correct-email', 'revoke'],
  messages: [
    {
      channel: 'mail',
      kind: 'invitation',
      state: 'accepted',
      attempts: 1,
      createdAt: '2026-03-02T09:00:00.120Z',
      acceptedAt: '2026-03-02T09:00:00.480Z',
    },
  ],
  live: {
    stage: 'invited',
    status: 'RUNNING',
    sending: [],
    actsAt: '2026-03-05T09:00:00.000Z',
    pending: [],
  },
  timeline: [
    { seq: 1, type: 'invited', at: createdAt, actor: { kind: 'api-key' } },
    {
      seq: 2,
      type: 'invitation-mail-accepted',
      at: '2026-03-02T09:00:00.480Z',
      actor: { kind: 'service' },
    },
  ],
};
