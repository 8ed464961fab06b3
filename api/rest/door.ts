import {
  json,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
  raw,
} from 'express';
import { validate as isUuid } from 'uuid';
import type { z } from 'zod';
import { createAct } from '../acting.js';
import { createBatching } from '../batching.js';
import { rowsOfCsv } from '../csv.js';
import { DomainError } from '../errors.js';
import type { Inviter } from '../inviting.js';
import { concerns } from '../requests.js';
import type { Services } from '../services.js';
import { actions } from './actions.js';
import { authenticate, keyOf, stillInForce } from './authenticate.js';
import { batches } from './batches.js';
import { detail } from './detail.js';
import { inviting } from './invitations.js';
import { listing } from './list.js';
import { createOnce, type Once } from './once.js';
import type { Answer, Operation, Served } from './operation.js';
import { inviteMany, invitePerson } from './operations.js';
import { PROBLEM } from './problem.js';
import { unambiguous } from './unambiguous.js';

/** A key of 1 to 255 visible ASCII characters (the IETF draft on the Idempotency-Key header leaves the form to the server). */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

const CSV = 'text/csv';
const JSON_BODY = { type: ['application/json'], verify: unambiguous };
/** Room for a full batch of rows. */
const MANY = '2mb';

/** The team lead's API: everything below `/api/v1`. */
export function restApi(services: Services, invite: Inviter): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const once = createOnce(services);
  router.use(authenticate(services), limit(services));
  router.post(inviteMany.path, json({ ...JSON_BODY, limit: MANY }), raw({ type: CSV, limit: MANY }));
  router.use(json({ ...JSON_BODY, limit: '16kb' }));
  router.use(stillInForce(services));

  const served = [
    inviting(invite),
    listing(services),
    detail(services),
    ...actions(services, createAct(services)),
    ...batches(services, createBatching(services)),
  ];
  const methods = new Map<string, string[]>();
  for (const each of served) {
    const { method, path } = each.operation;
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[method](route, handlerOf(each, services, once));
    methods.set(route, [...(methods.get(route) ?? []), ...(method === 'get' ? ['GET', 'HEAD'] : ['POST'])]);
  }
  for (const [route, allowed] of methods) {
    router.all(route, () => {
      throw new DomainError('method-not-allowed', { allow: allowed.join(', ') });
    });
  }
  return router;
}

function handlerOf({ operation, carryOut }: Served, services: Services, once: Once): RequestHandler {
  return async (req, res) => {
    const at = services.clock();
    const key = keyOf(res);
    const idempotencyKey = operation.body && idempotencyKeyOf(req);
    const call = {
      key,
      at,
      id: typeof req.params['id'] === 'string' ? req.params['id'] : '',
      query: read(operation.query, req.query, 'query'),
      body: operation.body && read(operation.body, await bodyOf(req, operation), 'body'),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    if (isUuid(call.id)) concerns(call.id);
    if (idempotencyKey === undefined) return send(res, await carryOut(call));
    const asked = Object.keys(call.query as object).length > 0 ? [call.query] : [];
    const request = JSON.stringify([operation.id, call.id, call.body, ...asked]);
    const answer = await once({
      call: { caller: key._id, key: idempotencyKey, request },
      at,
      carryOut: (crashedAt) => carryOut({ ...call, ...(crashedAt && { crashedAt }) }),
    });
    send(res, answer);
  };
}

/** Before any body is unpacked and read: that costs more than asking. Inviting one person has a limit of its own. */
function limit({ store }: Pick<Services, 'store'>) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (req.method === 'POST' && req.path === invitePerson.path) return next();
    const allowance = await store.limits.take({ 'api-caller': keyOf(res)._id });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
    next();
  };
}

function idempotencyKeyOf(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined || IDEMPOTENCY_KEY.test(key)) return key;
  throw new DomainError('bad-request', {
    detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters',
  });
}

async function bodyOf(req: Request, { csv }: Operation): Promise<unknown> {
  if (csv !== undefined && req.is(CSV)) return rowsOfCsv(utf8In(req));
  if (!req.is('application/json')) throw new DomainError('unsupported-media-type');
  return req.body;
}

function utf8In(req: Request): Buffer {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s;"]*)/i.exec(req.get('content-type') ?? '') ?? [];
  if (charset.toLowerCase() !== 'utf-8') throw new DomainError('unsupported-media-type');
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'query' | 'body',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const field = first?.path.join('.');
  throw new DomainError('bad-request', {
    detail: result.error.issues.map((issue) => faultOf(issue, where)).join('; '),
    ...(field && { field }),
  });
}

/** Names the field and what it should be; what was sent is not repeated, nor a name that only the caller knows. */
function faultOf({ code, path, message }: z.core.$ZodIssue, where: 'query' | 'body'): string {
  if (code === 'unrecognized_keys') return where === 'query' ? 'an unknown parameter' : 'an unknown field';
  return [path.join('.'), message].filter(Boolean).join(': ');
}

function send(res: Response, { status, location, body }: Answer): void {
  if (location) res.location(location);
  res
    .status(status)
    .type(status < 400 ? 'application/json' : PROBLEM)
    .send(JSON.stringify(body));
}
