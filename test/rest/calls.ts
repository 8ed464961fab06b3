import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { openApi } from '../../api/rest/openapi.js';
import { OPERATIONS } from '../../api/rest/operations.js';
import { problem } from '../../api/rest/schemas.js';
import { later } from '../../store/steps.js';
import { type Answer, send } from '../security/requests.js';
import type { World } from '../support/world.js';

type Door = Pick<World, 'url' | 'apiKey'>;

export interface JsonAnswer extends Answer {
  json: Record<string, unknown>;
}

const document = openApi({
  publicUrl: 'http://localhost',
  brandName: 'Huma',
  supportEmail: 'support@huma.com',
  portalUrl: '',
  trustProxy: false,
  plivoAuthToken: '',
});

/**
 * Calls an operation, and holds the answer to what is documented: its status, its headers, and its schema, strictly. An answer
 * that the OpenAPI document does not know fails the test, whatever else the test looks at.
 */
export async function call(
  { url, apiKey }: Door,
  operationId: string,
  given: {
    id?: string;
    query?: string;
    body?: unknown;
    headers?: OutgoingHttpHeaders;
  } = {},
): Promise<JsonAnswer> {
  const operation = OPERATIONS.find((each) => each.id === operationId);
  assert.ok(operation, operationId);
  const { id = '', query = '', body, headers = {} } = given;
  const path = `/api/v1${operation.path.replace('{id}', id)}${query && `?${query}`}`;
  const answer = await send(url, {
    method: operation.method.toUpperCase(),
    path,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: asBody(body),
  });
  const json = assertDocumented(operationId, answer);
  return { ...answer, json };
}

const asBody = (body: unknown): string | Buffer | undefined =>
  body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);

function assertDocumented(operationId: string, answer: Answer): Record<string, unknown> {
  const operation = OPERATIONS.find((each) => each.id === operationId);
  assert.ok(operation, operationId);
  const { status, headers, body } = answer;
  const what = `${operationId} ${status} ${body}`;
  const described = document.paths[operation.path]?.[operation.method]?.responses[status];
  assert.ok(described, `${what}: documented`);
  const type = String(headers['content-type']);
  assert.ok(described.content[type.replace('; charset=utf-8', '')], `${what}: ${type}`);
  for (const name of Object.keys(described.headers ?? {})) {
    assert.ok(headers[name.toLowerCase()], `${what}: ${name}`);
  }
  const json = JSON.parse(body);
  (operation.answers[status]?.schema ?? problem).parse(json);
  if (status >= 400) {
    assert.equal(json.status, status);
    assert.ok(described.content[PROBLEM]?.examples?.[json.type.replace('urn:problem:', '')], what);
  }
  return json;
}

const PROBLEM = 'application/problem+json';

/** Another key, of the same team or another. */
export async function newKey(
  { store, now }: Pick<World, 'store' | 'now'>,
  {
    teamId = 'demo',
    lifetime = 3_600_000,
    ...owner
  }: { teamId?: string; lifetime?: number; ownerId?: string; ownerEmail?: string; createdAt?: Date } = {},
): Promise<{ id: string; key: string }> {
  const id = randomUUID();
  const key = `test_${randomUUID()}`;
  await store.apiKeys.ensure({
    _id: id,
    key,
    teamId,
    ownerName: 'Dr Lee',
    createdAt: now(),
    expiresAt: later(now(), lifetime),
    ...owner,
  });
  return { id, key };
}
