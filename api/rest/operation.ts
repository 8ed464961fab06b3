import type { z } from 'zod';
import type { ApiKey } from '../../store/api-keys.js';
import type { ErrorCode } from '../errors.js';

/** One operation of the API as it is described, served and tested: method, path, what goes in, what comes out. */
export interface Operation<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
> {
  /** `operationId` in the OpenAPI document. */
  id: string;
  method: 'get' | 'post';
  /** Below `/api/v1`, with `{id}` for the invitation's or the batch's. */
  path: string;
  summary: string;
  description: string;
  query: Query;
  /** Absent: it takes no body. */
  body?: Body;
  /** An example of the body as CSV, where that is understood too. */
  csv?: string;
  /** `location`: what the Location header is the path of. */
  answers: Record<number, { description: string; schema: z.ZodType; example: unknown; location?: string }>;
  /** Refusals of its own, beside those that every operation has. */
  refusals: readonly ErrorCode[];
}

export interface Call<Query, Body> {
  key: ApiKey;
  /** Time of receipt. */
  at: Date;
  /** The `{id}` of the path; empty where it has none. */
  id: string;
  query: Query;
  body: Body;
  idempotencyKey?: string;
  /** Earlier processes received the same request at these times and crashed: it may have been carried out. */
  crashedAt?: readonly Date[];
}

export interface Answer {
  status: number;
  location?: string;
  body: unknown;
}

/** An operation with what carries it out. */
export interface Served {
  operation: Operation;
  carryOut(call: Call<unknown, unknown>): Promise<Answer>;
}

/** Ties a function to its operation: it gets what the schemas made of the request. */
export function serve<Query extends z.ZodType, Body extends z.ZodType | undefined>(
  operation: Operation<Query, Body>,
  carryOut: (
    call: Call<z.output<Query>, Body extends z.ZodType ? z.output<Body> : undefined>,
  ) => Promise<Answer>,
): Served {
  return { operation, carryOut: carryOut as Served['carryOut'] };
}
