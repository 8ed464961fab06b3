import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { stackOf } from '../../monitoring/logging.js';
import { asDomainError, DomainError } from '../errors.js';

/** A refusal as a problem document (RFC 9457). It names fields and rules, never what was sent. */
export const problemOf = ({ code, status, more }: DomainError) => ({
  type: `urn:problem:${code}`,
  title: code.replaceAll('-', ' '),
  status,
  ...(more.detail && { detail: more.detail }),
  ...(more.field && { field: more.field }),
});

export const PROBLEM = 'application/problem+json';

export function sendProblem(res: Response, refusal: DomainError): void {
  const { retryAfterSeconds, allow } = refusal.more;
  if (retryAfterSeconds) res.set('Retry-After', String(retryAfterSeconds));
  if (allow) res.set('Allow', allow);
  res
    .status(refusal.status)
    .type(PROBLEM)
    .send(JSON.stringify(problemOf(refusal)));
}

export function answerProblems(log: Logger) {
  return (error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const refusal = asDomainError(error) ?? new DomainError('internal');
    if (refusal.code === 'internal' || refusal.code === 'unavailable')
      log.error({ stack: stackOf(error) }, 'failed');
    sendProblem(res, refusal);
  };
}
