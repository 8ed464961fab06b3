import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { asDomainError, DomainError } from '../errors.js';

/** Errors of the REST API as problem details (RFC 9457). They name fields and rules, never what was sent. */
export function answerProblems(log: Logger) {
  return (error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const refusal = asDomainError(error) ?? new DomainError('internal');
    if (refusal.code === 'internal' || refusal.code === 'unavailable')
      log.error({ request: res.locals['requestId'], stack: stackOf(error) }, 'failed');
    const { code, status, more } = refusal;
    if (more.retryAfterSeconds) res.set('Retry-After', String(more.retryAfterSeconds));
    res
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `urn:problem:${code}`,
          title: code.replaceAll('-', ' '),
          status,
          ...(more.detail && { detail: more.detail }),
          ...(more.field && { field: more.field }),
        }),
      );
  };
}

/** Where it happened, without the message: that may quote what was sent. */
export function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return typeof error;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return [error.name, ...frames].join('\n');
}
