import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { visitOf } from './visit.js';

/**
 * Middleware for forms: they come from our own pages (Sec-Fetch-Site and Origin, where the browser tells) and carry the token
 * of this browser's session (OWASP Cross-Site Request Forgery Prevention Cheat Sheet). The sign-in form is no exception.
 * @throws DomainError `form-stale`
 */
export function refuseForgeries({ keyring, settings }: Pick<Services, 'keyring' | 'settings'>) {
  return (req: Request, res: Response, next: NextFunction) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    const site = req.get('sec-fetch-site');
    const origin = req.get('origin');
    if (site !== undefined && site !== 'same-origin')
      throw new DomainError('form-stale', { detail: 'cross-site' });
    if (origin !== undefined && origin !== settings.publicUrl)
      throw new DomainError('form-stale', { detail: 'origin' });
    if (!req.is('application/x-www-form-urlencoded'))
      throw new DomainError('form-stale', { detail: 'content type' });
    const token: unknown = req.body?._csrf;
    if (typeof token !== 'string' || !keyring.formTokenMatches(visitOf(res).token, token)) {
      throw new DomainError('form-stale', { detail: 'token' });
    }
    next();
  };
}
