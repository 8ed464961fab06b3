import { randomUUID, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { ReceivedText } from './messages.js';
import { reportDelivery } from './plivo-reports.js';
import { type MessageRequest, parseMessageRequest } from './plivo-request.js';
import type { Switches } from './switches.js';

/**
 * A stand-in of Plivo's Message API (plivo.com/docs/messaging/api/messages), sending only, as strict as the real one
 * or stricter, with delivery reports that pass the vendor's validator.
 */
export function plivoApi({
  authId,
  authToken,
  switches,
  reportBackoffMs,
  onText,
  onState,
  signal,
}: {
  authId: string;
  authToken: string;
  switches: Switches;
  reportBackoffMs: readonly number[];
  onText: (text: ReceivedText) => void;
  onState: (text: ReceivedText, state: ReceivedText['state']) => void;
  signal: AbortSignal;
}): Router {
  const expected = Buffer.from(`Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}`);
  const router = express.Router({ strict: true, caseSensitive: true });

  router.use('/v1/Account', (req, res, next) => {
    const given = Buffer.from(req.get('authorization') ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return next();
    res.set('WWW-Authenticate', 'Basic realm="Plivo"');
    refuse(res, 401, 'authentication failed');
  });

  router.post('/v1/Account/:authId/Message/', express.json({ limit: '64kb' }), async (req, res) => {
    if (req.params['authId'] !== authId) return refuse(res, 404, 'not found');
    if (!req.is('application/json')) return refuse(res, 400, 'content type must be application/json');
    const parsed = parseMessageRequest(req.body);
    if ('error' in parsed) return refuse(res, 400, parsed.error);

    const { mode, delayMs } = switches.takeText();
    switch (mode) {
      case '400':
        return refuse(res, 400, 'invalid destination');
      case '429':
        return refuse(res.set('Retry-After', '5'), 429, 'too many requests');
      case '500':
      case '503':
        return refuse(res, Number(mode), 'server error');
      case 'reset':
        return void req.socket.resetAndDestroy();
      case 'html-200':
        return void res.status(200).type('html').send('<!doctype html><title>Gateway</title><p>Welcome');
      case 'empty-uuid':
        return queued(res, []);
      case 'slow':
        await delay(delayMs, undefined, { signal });
    }
    const text = accept(parsed.request, mode === 'undelivered' ? 'undelivered' : 'delivered');
    if (mode !== 'accept-then-timeout') queued(res, [text.uuid]);
  });

  router.all('/v1/Account/:authId/Message/', (_req, res) => refuse(res, 405, 'method not allowed'));
  router.use('/v1', (_req, res) => refuse(res, 404, 'not found'));
  router.use('/v1', (_error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    if (res.headersSent || signal.aborted) return void res.destroy();
    refuse(res, 400, 'request body is not valid JSON');
  });

  function accept(request: MessageRequest, lastState: 'delivered' | 'undelivered'): ReceivedText {
    const text: ReceivedText = {
      uuid: randomUUID(),
      from: request.src,
      to: request.dst,
      text: request.text,
      receivedAt: new Date().toISOString(),
      state: 'queued',
    };
    onText(text);
    reportDelivery({
      text,
      request,
      lastState,
      authToken,
      backoffMs: reportBackoffMs,
      onState: (state) => onState(text, state),
      signal,
    }).catch(() => {}); // Only stopping interrupts it.
    return text;
  }

  return router;
}

function queued(res: Response, uuids: string[]): void {
  res.status(202).json({ api_id: randomUUID(), message: 'message(s) queued', message_uuid: uuids });
}

function refuse(res: Response, status: number, error: string): void {
  res.status(status).json({ api_id: randomUUID(), error });
}
