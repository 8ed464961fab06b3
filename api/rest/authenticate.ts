import type { NextFunction, Request, Response } from 'express';
import type { ApiKey } from '../../store/api-keys.js';
import { isInForce } from '../../store/keys-in-force.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';

/** Lets nobody by without a valid key in the Authorization header (RFC 6750 §2.1). */
export function authenticate({ store, clock }: Pick<Services, 'store' | 'clock'>) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const [, key] = /^Bearer ([\x21-\x7e]{16,200})$/.exec(req.get('authorization') ?? '') ?? [];
    const record = key === undefined ? null : await store.apiKeys.findValid(key, clock());
    if (!record) throw refusal(res);
    res.locals['apiKey'] = record;
    next();
  };
}

/** Behind the reading of the body: its owner may have been suspended since the first line of the request. */
export function stillInForce({ store, clock }: Pick<Services, 'store' | 'clock'>) {
  return async (_req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (!(await isInForce(store, keyOf(res), clock()))) throw refusal(res);
    next();
  };
}

function refusal(res: Response): DomainError {
  res.set('WWW-Authenticate', 'Bearer');
  return new DomainError('api-key-missing', {
    detail: 'A valid API key is needed: Authorization: Bearer …',
  });
}

export const keyOf = (res: Response): ApiKey => res.locals['apiKey'] as ApiKey;
