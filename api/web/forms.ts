import type { Request } from 'express';
import { z } from 'zod';
import { DomainError } from '../errors.js';

const field = z.string().default('');

/**
 * The fields of a form as strings, untouched; a field that is absent is empty.
 * @throws DomainError `bad-request` on a repeated or unknown field: those no page of ours sends.
 */
export function readForm<Name extends string>(req: Request, names: readonly Name[]): Record<Name, string> {
  const shape = Object.fromEntries(names.map((name) => [name, field]));
  const result = z.strictObject({ ...shape, _csrf: field }).safeParse(req.body ?? {});
  if (!result.success)
    throw new DomainError('bad-request', { detail: 'The form has unknown or repeated fields' });
  return result.data as Record<Name, string>;
}

/** For body-parser's `verify`: the one unknown field that its parser drops without a word. */
export function refusePrototype(_req: unknown, _res: unknown, body: Buffer): void {
  if (new URLSearchParams(body.toString()).has('__proto__'))
    throw Object.assign(new Error('A field named __proto__'), { status: 400 });
}
