import { createServer, type Server } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';
import { DomainError } from './errors.js';
import { sendProblem } from './rest/problem.js';

/** Sooner than the grace after a deadline: who clicked in time and waited in vain is told so before the block is written. Milliseconds. */
export const ANSWER_WITHIN = 20_000;

export const isApi = ({ path }: Request): boolean => path.startsWith('/api/');

/** Middleware: a request is answered by then, or with 503. One whose body has not come by then is over with it. */
export function limitTime(within: number) {
  return (req: Request, res: Response, next: NextFunction): void => {
    // A router that the request is in has cut its own path off by then.
    const api = isApi(req);
    const timer = setTimeout(() => {
      if (res.headersSent) return;
      if (!req.complete) endWith(req, res);
      if (api) sendProblem(res, new DomainError('unavailable', { retryAfterSeconds: 5 }));
      else res.status(503).set('Retry-After', '5').type('text').send('Please try again in a moment.');
    }, within);
    res.on('close', () => clearTimeout(timer));
    next();
  };
}

/** What still comes in is not read: a handler would act on it long after its answer, for whoever the visitor was then. */
function endWith(req: Request, res: Response): void {
  res.set('Connection', 'close');
  res.on('finish', () => req.destroy());
}

/** A server of the doors. Its own limits are the last resort: Node would wait five minutes for a request to come in. */
export const createDoors = (app: Express, within = ANSWER_WITHIN): Server =>
  createServer(
    { headersTimeout: within, requestTimeout: within * 1.25, connectionsCheckingInterval: within / 4 },
    app,
  );
