import { isOutage } from '../store/outage.js';

/** Every refusal that a door can answer with, and its HTTP status. The words stand in `words/` under `errors.`. */
const STATUS = {
  'bad-request': 400,
  'email-invalid': 400,
  'same-email': 400,
  'reason-missing': 400,
  'name-too-long': 400,
  'name-has-link': 400,
  'message-too-long': 400,
  'message-has-link': 400,
  'api-key-missing': 401,
  'form-stale': 403,
  'not-allowed': 403,
  'form-for-other-invitation': 409,
  'not-found': 404,
  'method-not-allowed': 405,
  'cannot-invite': 409,
  'wrong-stage': 409,
  'in-progress': 409,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'idempotency-key-reused': 422,
  'too-many-requests': 429,
  'too-soon': 429,
  'text-limit-reached': 429,
  internal: 500,
  busy: 503,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

/**
 * A refusal on purpose. `detail` is for the log and for API callers: it names fields and rules, never what was sent.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ErrorCode,
    readonly more: { detail?: string; field?: string; retryAfterSeconds?: number; allow?: string } = {},
  ) {
    super(more.detail ?? code);
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** Longer than a new primary usually takes. */
const OUTAGE_RETRY_SECONDS = 15;

/** What body-parser and express throw, by their `type` and status; and the database being away. */
export function asDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (isOutage(error)) return new DomainError('unavailable', { retryAfterSeconds: OUTAGE_RETRY_SECONDS });
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  if (status === 413) return new DomainError('body-too-large');
  if (status === 415) return new DomainError('unsupported-media-type');
  if (typeof status === 'number' && status >= 400 && status < 500) return new DomainError('bad-request');
  return undefined;
}
