import { z } from 'zod';
import { mayTake, STAFF_ACTIONS } from '../../store/actions.js';
import { ROW_OUTCOMES } from '../../store/batches.js';
import { STAGES } from '../../store/facts.js';

/**
 * What goes in and comes out: these validate the requests, make the OpenAPI document, and hold the answers to it in the tests.
 * Where a field says `maxLength`, that is the rule; it is judged after the text is in its canonical form, so what is read may be longer.
 */

const instant = z.iso.datetime().meta({ examples: ['2026-03-02T09:00:00.000Z'] });
const reason = z
  .string()
  .min(1)
  .max(500)
  .meta({ description: 'Why: kept with the action, shown to support.', examples: ['Asked for it by phone'] });

export const newInvitation = z
  .strictObject({
    email: z
      .string()
      .max(320)
      .meta({
        description: 'One plain address, printable ASCII.',
        maxLength: 254,
        examples: ['sam.taylor@example.org'],
      }),
    firstName: z
      .string()
      .max(400)
      .optional()
      .meta({
        description: 'One line of plain text, without a web address.',
        maxLength: 80,
        examples: ['Sam'],
      }),
    lastName: z
      .string()
      .max(400)
      .optional()
      .meta({
        description: 'One line of plain text, without a web address.',
        maxLength: 80,
        examples: ['Taylor'],
      }),
    role: z.enum(['clinician']).default('clinician'),
    message: z
      .string()
      .max(4_000)
      .optional()
      .meta({
        description: 'Stands in the invitation: plain text, without a web address.',
        maxLength: 500,
        examples: ['See you on Monday.'],
      }),
    locale: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/)
      .default('en')
      .meta({ description: 'Language of the mails and pages.' }),
  })
  .meta({ id: 'NewInvitation' });

export const MOST_ROWS = 10_000;

/** Each row is read on its own (`batch-rows.ts`), by the schema of a single invitation: one that is wrong holds up no other. */
export const newBatch = z
  .array(z.unknown())
  .min(1)
  .max(MOST_ROWS)
  .meta({
    id: 'NewInvitationBatch',
    description: 'A row that is no invitation is refused on its own; an unknown field refuses the whole.',
    items: { $ref: '#/components/schemas/NewInvitation' },
  });

export const batchMode = z.strictObject({
  dryRun: z.enum(['true', 'false']).optional().meta({
    description: '`true`: only says what would become of each row at this moment, and invites nobody.',
  }),
});

export const withReason = z.strictObject({ reason }).meta({ id: 'Reason' });

export const emailCorrection = z
  .strictObject({
    reason,
    email: z
      .string()
      .max(320)
      .meta({ description: 'The right address.', maxLength: 254, examples: ['sam.tailor@example.org'] }),
  })
  .meta({ id: 'EmailCorrection' });

export const nothing = z.strictObject({});

const LARGEST_PAGE = 100;
/** A number in a query is a run of digits; whatever else is left to be refused. */
const digits = (value: unknown) =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

const cursor = z
  .string()
  .max(200)
  .optional()
  .meta({ description: '`nextCursor` of the page before; nothing else is a cursor.' });
const limit = z
  .preprocess(digits, z.int().min(1).max(LARGEST_PAGE))
  .default(25)
  .meta({ description: 'How many at most.', default: 25 });

export const listQuery = z.strictObject({
  stage: z
    .enum(STAGES)
    .optional()
    .meta({ description: 'Only those at this stage, as it counts at the moment of the request.' }),
  q: z.string().max(100).optional().meta({
    description:
      'Only those with each of these words somewhere in the address or the name, in capitals or not. Eight words at most.',
  }),
  cursor,
  limit,
});

export const batchQuery = z.strictObject({
  outcome: z.enum(ROW_OUTCOMES).optional().meta({ description: 'Only the rows that this has become of.' }),
  cursor,
  limit,
});

const facts = {
  id: z.uuid(),
  email: z.string().meta({
    description: 'Empty once the person is erased.',
    examples: ['sam.taylor@example.org'],
  }),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  role: z.string().meta({ examples: ['clinician'] }),
  locale: z.string().meta({ examples: ['en'] }),
  stage: z.enum(STAGES).meta({ description: 'As it counts now: a deadline holds the moment it passes.' }),
  createdAt: instant,
  inviteBy: instant.meta({ description: 'The invitation can be answered until then.' }),
};

export const invitation = z.strictObject(facts).meta({ id: 'Invitation' });

export const invitationPage = z
  .strictObject({
    items: z.array(invitation).meta({ description: 'Newest first.' }),
    nextCursor: z.string().optional().meta({ description: 'Absent on the last page.' }),
  })
  .meta({ id: 'InvitationPage' });

export const batchRow = z
  .strictObject({
    row: z.int().meta({
      description: 'Counted from 1, without the line of names and without empty lines.',
      examples: [1],
    }),
    outcome: z.enum([...ROW_OUTCOMES, 'pending']).meta({
      description:
        '`created`: invited. `existing`: your team invited the person before, perhaps in an earlier row. `refused`: see `reason`.',
    }),
    reason: z
      .string()
      .optional()
      .meta({ description: 'Code of the refusal, as of a single invitation.', examples: ['email-invalid'] }),
    field: z
      .string()
      .optional()
      .meta({ description: 'The field that is wrong.', examples: ['email'] }),
    invitationId: z.uuid().optional(),
  })
  .meta({ id: 'BatchRow' });

const count = z.int().min(0);
const outcomes = { created: count, existing: count, refused: count };

const batchFacts = {
  id: z.uuid(),
  createdAt: instant,
  state: z.enum(['running', 'waiting', 'done']).meta({
    description:
      '`waiting`: your key has made as many invitations as it may in an hour; the rest follow by themselves.',
  }),
  waitsUntil: instant.optional(),
  rows: count,
  counts: z.strictObject({ pending: count, ...outcomes }),
};

export const invitationBatch = z.strictObject(batchFacts).meta({ id: 'InvitationBatch' });

export const invitationBatchDetail = z
  .strictObject({
    ...batchFacts,
    items: z.array(batchRow).meta({ description: 'In the order of the rows.' }),
    nextCursor: z.string().optional().meta({ description: 'Absent on the last page.' }),
  })
  .meta({ id: 'InvitationBatchDetail' });

export const batchPreview = z
  .strictObject({
    rows: count,
    counts: z.strictObject(outcomes),
    items: z.array(batchRow).meta({ description: 'The rows that would not be new invitations.' }),
  })
  .meta({ id: 'InvitationBatchPreview' });

const message = z
  .strictObject({
    channel: z.enum(['mail', 'text']),
    kind: z.string().meta({ examples: ['invitation'] }),
    state: z
      .enum(['queued', 'accepted', 'sent', 'delivered', 'failed'])
      .meta({ description: '`accepted`: by the mail server or the text provider.' }),
    attempts: z.int(),
    createdAt: instant,
    acceptedAt: instant.optional(),
    failure: z.string().optional().meta({ description: 'Code of the last failure.' }),
  })
  .meta({ id: 'Message' });

const live = z
  .strictObject({
    stage: z.string(),
    status: z.string().meta({ examples: ['RUNNING'] }),
    sending: z.array(z.string()).meta({ description: 'Messages on their way.' }),
    actsAt: instant.optional().meta({ description: 'When it acts by itself next.' }),
    pending: z.array(
      z.strictObject({ activity: z.string(), tries: z.int(), lastFailure: z.string().optional() }),
    ),
  })
  .meta({ id: 'LiveState', description: 'What the workflow itself says.' });

const API_ACTIONS = STAFF_ACTIONS.filter((name) => mayTake(name, { kind: 'api-key' }));

export const LIVE_ABSENT = ['ended', 'failed', 'no-worker', 'not-started', 'unreachable'] as const;

const timelineEntry = z
  .strictObject({
    seq: z.int(),
    type: z.string().meta({ examples: ['invited'] }),
    at: instant,
    actor: z.strictObject({ kind: z.enum(['clinician', 'team-lead', 'support', 'api-key', 'service']) }),
  })
  .meta({ id: 'TimelineEntry' });

export const invitationDetail = z
  .strictObject({
    ...facts,
    stageSince: instant,
    verifyBy: instant
      .optional()
      .meta({ description: 'The address can be verified until then; absent until the mail was accepted.' }),
    accountCreatedAt: instant.optional(),
    verifiedAt: instant.optional(),
    blockedAt: instant.optional(),
    activatedAt: instant.optional(),
    problem: z
      .strictObject({ code: z.string().meta({ examples: ['invitation-undeliverable'] }), since: instant })
      .optional()
      .meta({ description: 'Somebody has to help.' }),
    actions: z
      .array(z.enum(API_ACTIONS))
      .meta({ description: 'What this key may do with it at this stage.' }),
    messages: z.array(message).meta({ description: 'The last mails and texts, newest last.' }),
    live: live.nullable(),
    liveAbsent: z
      .enum(LIVE_ABSENT)
      .optional()
      .meta({ description: 'Why `live` is null: it is never made up from stored facts.' }),
    timeline: z.array(timelineEntry).meta({ description: 'What happened, newest last.' }),
  })
  .meta({ id: 'InvitationDetail' });

export const problem = z
  .strictObject({
    type: z.string().meta({ examples: ['urn:problem:bad-request'] }),
    title: z.string().meta({ examples: ['bad request'] }),
    status: z.int().meta({ examples: [400] }),
    detail: z.string().optional().meta({ description: 'Names fields and rules, never what was sent.' }),
    field: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });
