import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Services } from './services.js';

/** What a request is known by in every line that it writes: ids, which are random. */
interface Known {
  request: string;
  onboarding?: string;
}

const current = new AsyncLocalStorage<Known>();

/** For the log: what is known of the request in hand. */
export const aboutRequest = (): object => ({ ...current.getStore() });

/** The request in hand is about this onboarding: the same id stands in the workflow's, so that one leads to the other. */
export function concerns(onboardingId: string): void {
  const known = current.getStore();
  if (known) known.onboarding = onboardingId;
}

/** As proxies make them (hexadecimal, with or without dashes); nothing that says anything of a person has this form. */
const REQUEST_ID = /^[0-9a-f-]{16,64}$/i;

/** One line a request, one observation and, where traces are on, one span: the route's pattern, never the address itself (it may hold a token). */
export function watchRequests({
  log,
  metrics,
  tracing,
}: Pick<Services, 'log' | 'metrics' | 'tracing'>): RequestHandler {
  return (req, res, next) => {
    const given = req.get('x-request-id') ?? '';
    const known: Known = { request: REQUEST_ID.test(given) ? given : randomUUID() };
    const began = performance.now();
    const span = tracing?.begin({ name: req.method, kind: 'server' });
    res.set('X-Request-Id', known.request);
    res.on('close', () => {
      const { method } = req;
      const route = routeOf(req, res);
      const status = res.statusCode;
      const ms = Math.round(performance.now() - began);
      current.run(known, () =>
        log.info({ method, route, status, ms, ...(!res.writableFinished && { cut: true }) }),
      );
      metrics.request({ method, route, status, seconds: ms / 1_000 });
      span?.end({
        name: `${method} ${route}`,
        attributes: {
          'http.request.method': method,
          'http.route': route,
          'http.response.status_code': status,
          'request.id': known.request,
          ...(known.onboarding && { 'onboarding.id': known.onboarding }),
        },
        failed: status >= 500,
      });
    });
    current.run(known, () => (span ? span.run(next) : next()));
  };
}

/** Remembers where a router is mounted: once an error has left it, the request does not know any more. */
export function mountedAt(path: string): RequestHandler {
  return (_req: Request, res: Response, next: NextFunction): void => {
    res.locals['mounted'] = path;
    next();
  };
}

function routeOf(req: Request, res: Response): string {
  const route: unknown = req.route?.path;
  const mounted: unknown = res.locals['mounted'];
  return typeof route === 'string' ? `${typeof mounted === 'string' ? mounted : ''}${route}` : 'none';
}
