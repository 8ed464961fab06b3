import type { NextFunction, Request, Response } from 'express';
import type { ApiKey } from '../../store/api-keys.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';

/** Lets nobody by without a valid key in the Authorization header (RFC 6750 §2.1). */
export function authenticate({ store, clock }: Pick<Services, 'store' | 'clock'>) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
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
  };
}

export const keyOf = (res: Response): ApiKey => res.locals['apiKey'] as ApiKey;
