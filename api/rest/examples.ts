import { cursorOf } from './cursor.js';

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
