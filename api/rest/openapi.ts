import { z } from 'zod';
import { DomainError, type ErrorCode } from '../errors.js';
import type { Settings } from '../services.js';
import type { Operation } from './operation.js';
import { OPERATIONS } from './operations.js';
import { PROBLEM, problemOf } from './problem.js';
import { problem } from './schemas.js';

type Json = Record<string, unknown>;

/** The parts of an OpenAPI 3.1 document that this one has. */
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string; contact: Json };
  servers: { url: string }[];
  security: Json[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  description: string;
  parameters: { name: string; in: string; required?: boolean; description: string; schema: Json }[];
  requestBody?: { required: true; content: Record<string, { schema: Json; example: unknown }> };
  responses: Record<string, OpenApiResponse>;
}

export interface OpenApiResponse {
  description: string;
  headers?: Json;
  content: Record<string, { schema: Json; example?: unknown; examples?: Record<string, { value: unknown }> }>;
}

/** What any operation may be refused with. */
const ALWAYS = [
  'bad-request',
  'api-key-missing',
  'too-many-requests',
  'internal',
  'unavailable',
] as const satisfies ErrorCode[];
const WITH_BODY = [
  'in-progress',
  'body-too-large',
  'unsupported-media-type',
  'idempotency-key-reused',
] as const satisfies ErrorCode[];

/** The API in OpenAPI 3.1, made from the list of operations and the schemas that validate. */
export function openApi({ publicUrl, brandName, supportEmail }: Settings): OpenApi {
  const schemas = namedSchemas();
  const paths: OpenApi['paths'] = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: `${brandName} onboarding API`,
      version: '1',
      description: DESCRIPTION,
      contact: { email: supportEmail },
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'Your team’s API key.' },
      },
    },
  };
}

const DESCRIPTION =
  'Invite clinicians, see where they are on their way in, and help those who are stuck. A key acts for one team and sees nothing of others. Every refusal is a problem document (RFC 9457) whose `type` is `urn:problem:` and a code.';

function described(operation: Operation, schemas: Record<string, Json>): OpenApiOperation {
  const { id, path, summary, description, query, body, csv, answers, refusals } = operation;
  return {
    operationId: id,
    summary,
    description,
    parameters: [
      ...(path.includes('{id}') ? [ID] : []),
      ...queryParameters(query),
      ...(body ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body && {
      requestBody: {
        required: true as const,
        content: {
          'application/json': { schema: reference(body), example: exampleOf(reference(body), schemas) },
          ...(csv !== undefined && { 'text/csv': { schema: { type: 'string' }, example: csv } }),
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description: what, schema, example, location }]) => [
          status,
          {
            description: what,
            ...(location && { headers: { Location: header(location) } }),
            content: { 'application/json': { schema: reference(schema), example } },
          },
        ]),
      ),
      ...problems([...refusals, ...ALWAYS, ...(body ? WITH_BODY : [])]),
    },
  };
}

const ID = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Id of the invitation, or of the batch.',
  schema: { type: 'string', format: 'uuid' },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes it safe to send the request again: the same key and body get the first answer, for 24 hours. 1 to 255 visible ASCII characters; a UUID is good.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
};

const header = (description: string, type = 'string') => ({ description, schema: { type } });

const HEADERS: Partial<Record<number, Json>> = {
  401: { 'WWW-Authenticate': header('`Bearer`') },
  429: { 'Retry-After': header('Seconds to wait.', 'integer') },
  503: { 'Retry-After': header('Seconds to wait.', 'integer') },
};

/** Codes of one status share a response. */
function problems(codes: readonly ErrorCode[]): Record<string, OpenApiResponse> {
  const responses: Record<string, OpenApiResponse> = {};
  for (const code of codes) {
    const refusal = new DomainError(code);
    const { [refusal.status]: known } = responses;
    const headers = HEADERS[refusal.status];
    responses[refusal.status] = {
      description: known ? `${known.description}, ${code}` : code,
      ...(headers && { headers }),
      content: {
        [PROBLEM]: {
          schema: reference(problem),
          examples: { ...known?.content[PROBLEM]?.examples, [code]: { value: problemOf(refusal) } },
        },
      },
    };
  }
  return responses;
}

const schemaUri = (id: string) => `#/components/schemas/${id}`;

const reference = (schema: z.ZodType): Json => ({ $ref: schemaUri(nameOf(schema)) });

/** @throws where a schema was given no name: all that stand in the document have one. */
function nameOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (!id) throw new Error('A schema without a name');
  return id;
}

/** All that have a name. As they are before defaults are filled in: what a caller may leave out is optional. */
function namedSchemas(): Record<string, Json> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { uri: schemaUri, io: 'input', override: readable });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: _id, id: _name, ...schema }]) => [id, schema]),
  );
}

/** Says what a format or type says already no second time, in zod's hundred characters of pattern. */
function readable({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function queryParameters(query: z.ZodType) {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    if (typeof property === 'boolean') throw new Error(`A parameter without a schema: ${name}`);
    const { description = '', ...schema } = property;
    return { name, in: 'query', description, schema: schema as Json };
  });
}

interface Exemplary extends Json {
  $ref?: string;
  items?: Exemplary;
  properties?: Record<string, { examples?: unknown[] }>;
}

/** The first example of each field that has one. */
function exampleOf({ $ref, items, properties = {} }: Exemplary, schemas: Record<string, Json>): unknown {
  if ($ref !== undefined) return exampleOf(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, schemas);
  if (items) return [exampleOf(items, schemas)];
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { examples }]) => (examples ? [[name, examples[0]]] : [])),
  );
}
