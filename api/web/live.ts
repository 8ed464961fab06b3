import { setTimeout } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { stackOf } from '../../monitoring/logging.js';
import { readableBy } from '../../store/conversations.js';
import type { Onboarding } from '../../store/facts.js';
import { isOutlived } from '../../store/sessions.js';
import type { Services } from '../services.js';
import { markOf } from '../views/mark.js';
import { codeDelivery, verificationDelivery } from './delivery.js';
import { type BrowserSessions, type Place, placeOf } from './visit.js';

/** Most things that are waited for happen within the first minute. */
const EVERY = 1_000;
const EVERY_LATER = 3_000;
const ROUNDS_OF_THE_FIRST_MINUTE = 60;
/** A comment now and then keeps proxies from closing a stream that has nothing to say. */
const ROUNDS_BETWEEN_COMMENTS = 5;
/** A browser with tabs forgotten everywhere takes no more than this from one process. */
const MOST_PER_SESSION = 4;

const CHAT = '/support-chat';

const HEADERS = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };

/**
 * Server-sent events for pages that wait: one event, with the address of the page that the person is at, as soon as what
 * the page shows (`seen`, see markOf) is not so any more. It reads the facts again and again instead of listening to this
 * process, so that it does not matter which process took the step. Being watched is not being used: it never touches the session.
 */
export function liveDoor(
  services: Pick<Services, 'store' | 'policy' | 'clock' | 'log' | 'stopping'>,
  browser: Pick<BrowserSessions, 'readCookie'>,
): Router {
  const { store, clock, log, stopping } = services;
  const streams = new Map<string, Set<AbortController>>();
  stopping.addEventListener('abort', () => {
    for (const controllers of streams.values()) for (const each of controllers) each.abort();
  });
  const router = Router();

  router.get('/events', async (req, res) => {
    // Before anything is waited for: whoever leaves meanwhile would be watched over for hours.
    const closed = new AbortController();
    res.on('close', () => closed.abort());
    const token = browser.readCookie(req, 'session') ?? '';
    const session = await store.sessions.peek(token, clock());
    if (closed.signal.aborted) return;
    if (!session || session === 'timed-out') return void res.status(401).end();
    const mine = streams.get(session._id) ?? new Set();
    if (mine.size >= MOST_PER_SESSION || stopping.aborted) return void res.status(204).end();

    streams.set(session._id, mine.add(closed));
    try {
      await stream(req, res, token, closed.signal);
    } catch (error) {
      if (!closed.signal.aborted) log.warn({ stack: stackOf(error) }, 'live page');
    } finally {
      mine.delete(closed);
      if (mine.size === 0) streams.delete(session._id);
      res.end();
    }
  });

  async function stream(req: Request, res: Response, token: string, signal: AbortSignal): Promise<void> {
    res.writeHead(200, HEADERS);
    res.flushHeaders();
    if (req.method === 'HEAD') return;
    for (let round = 0; ; round++) {
      const { mark, address } = await standing(token, String(req.query['seen']));
      if (mark !== req.query['seen']) return void res.write(`data: ${address}\n\n`);
      if (round % ROUNDS_BETWEEN_COMMENTS === 0) res.write(':\n\n');
      const pause = round < ROUNDS_OF_THE_FIRST_MINUTE ? EVERY : EVERY_LATER;
      await setTimeout(pause, undefined, { signal });
    }
  }

  /** What a page would show now, and its address. */
  async function standing(token: string, seen: string): Promise<{ mark: string; address: string }> {
    const at = clock();
    const session = await store.sessions.peek(token, at);
    if (session === 'timed-out') return { mark: '/sign-in', address: '/sign-in?notice=timed-out' };
    const onboarding = session && (await store.onboardings.find(session.onboardingId));
    if (!onboarding || isOutlived(session, onboarding)) return { mark: '/sign-in', address: '/sign-in' };
    const place = placeOf({ at, token, session, onboarding, timedOut: false });
    // The one page beside the way: who is on it stays there.
    if (seen.startsWith(CHAT) && place !== '/sign-in') {
      const messages = readableBy(await store.conversations.find(onboarding._id), onboarding, session);
      return { mark: markOf({ place: CHAT, messages }), address: CHAT };
    }
    return { mark: await markAt(place, onboarding, at), address: place };
  }

  async function markAt(place: Place, onboarding: Onboarding, at: Date): Promise<string> {
    if (place === '/check-email') {
      const delivery = await verificationDelivery(services, onboarding, at);
      return markOf({ place, delivery, deadline: onboarding.verifyBy });
    }
    if (place === '/two-step') return markOf({ place, ...(await codeDelivery(services, onboarding, at)) });
    return markOf({ place });
  }

  return router;
}
