import { json, type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { ApiKey } from '../../store/api-keys.js';
import type { Onboarding } from '../../store/facts.js';
import { DomainError } from '../errors.js';
import type { Inviter } from '../inviting.js';
import type { Services } from '../services.js';
import { unambiguous } from './unambiguous.js';

const request = z.strictObject({
  email: z.string().max(320),
  firstName: z.string().max(400).optional(),
  lastName: z.string().max(400).optional(),
  role: z.enum(['clinician']).default('clinician'),
  message: z.string().max(4_000).optional(),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/)
    .default('en'),
});

/** A key of 1 to 255 visible ASCII characters (the IETF draft on the Idempotency-Key header leaves the form to the server). */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The team lead's API: invites one person a call. */
export function invitationsApi({ store, clock }: Services, invite: Inviter): Router {
  const router = Router();
  router.use(authenticate);
  router.use(json({ limit: '16kb', type: ['application/json'], verify: unambiguous }));

  router.post('/invitations', async (req, res) => {
    if (!req.is('application/json')) throw new DomainError('unsupported-media-type');
    const idempotencyKey = req.get('idempotency-key');
    if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
      throw new DomainError('bad-request', {
        detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters',
      });
    }
    const read = request.safeParse(req.body);
    if (!read.success) throw new DomainError('bad-request', { detail: faultsOf(read.error) });
    const { firstName, lastName, message, ...rest } = read.data;
    const key = keyOf(res);
    const { created, onboarding } = await invite({
      caller: { kind: 'api-key', id: key._id, name: key.ownerName, teamId: key.teamId },
      request: {
        ...rest,
        ...(firstName !== undefined && { firstName }),
        ...(lastName !== undefined && { lastName }),
        ...(message !== undefined && { message }),
      },
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      at: clock(),
    });
    const path = `/api/v1/invitations/${onboarding._id}`;
    // A replay gets the first answer: what the invitation was when it was made.
    const invitation = created
      ? { ...representationOf(onboarding), stage: 'invited' }
      : representationOf(onboarding);
    res
      .status(created ? 201 : 200)
      .location(path)
      .json(invitation);
  });

  router.get('/invitations/:id', async (req, res) => {
    const onboarding = await store.onboardings.find(req.params.id);
    if (!onboarding || onboarding.teamId !== keyOf(res).teamId) throw new DomainError('not-found');
    res.json(representationOf(onboarding));
  });

  async function authenticate(req: Request, res: Response, next: NextFunction): Promise<void> {
    const [, key] = /^Bearer ([\x21-\x7e]{16,200})$/.exec(req.get('authorization') ?? '') ?? [];
    const record = key === undefined ? null : await store.apiKeys.findValid(key, clock());
    if (!record) {
      res.set('WWW-Authenticate', 'Bearer');
      throw new DomainError('api-key-missing', {
        detail: 'A valid API key is needed: Authorization: Bearer …',
      });
    }
    res.locals['apiKey'] = record;
    next();
  }

  return router;
}

const keyOf = (res: Response): ApiKey => res.locals['apiKey'] as ApiKey;

function representationOf(o: Onboarding) {
  return {
    id: o._id,
    email: o.email,
    ...(o.firstName !== undefined && { firstName: o.firstName }),
    ...(o.lastName !== undefined && { lastName: o.lastName }),
    role: o.role,
    locale: o.locale,
    stage: o.stage,
    createdAt: o.createdAt.toISOString(),
    inviteBy: o.inviteBy.toISOString(),
  };
}

/** Names the fields and what they should be; what was sent is not repeated. */
const faultsOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ');
