import { parseCookie, type SerializeOptions } from 'cookie';
import type { NextFunction, Request, Response } from 'express';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import { isOutlived, newSessionToken, type Session, type SessionLevel } from '../../store/sessions.js';
import { isPhoneProven } from '../../store/steps.js';
import { concerns } from '../requests.js';
import type { Services } from '../services.js';

/** One request of a browser: when it was received, and who is behind it. */
export interface Visit {
  /** Time of receipt: deadlines are judged by it, however long the answer takes. */
  at: Date;
  /** The browser's token: names its session once it has one, and binds its forms before. */
  token: string;
  session?: Session;
  onboarding?: Onboarding;
  timedOut: boolean;
}

export const visitOf = (res: Response): Visit => res.locals['visit'] as Visit;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export type BrowserSessions = ReturnType<typeof createBrowserSessions>;

/** Cookies and sessions. Over https every cookie has the `__Host-` prefix (RFC 6265bis §4.1.3.2). */
export function createBrowserSessions({
  store,
  clock,
  settings,
}: Pick<Services, 'store' | 'clock' | 'settings'>) {
  const secure = settings.publicUrl.startsWith('https:');
  const cookieName = (name: string) => (secure ? `__Host-${name}` : name);
  const options: SerializeOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure };

  const tokenIn = (req: Request): string | undefined => {
    const given = parseCookie(req.headers.cookie ?? '')[cookieName('session')];
    return given && TOKEN.test(given) ? given : undefined;
  };

  const setToken = (res: Response, token: string) => {
    visitOf(res).token = token;
    res.cookie(cookieName('session'), token, options as object);
  };

  return {
    readCookie: (req: Request, name: string): string | undefined =>
      parseCookie(req.headers.cookie ?? '')[cookieName(name)],
    /** `maxAge` in milliseconds; without it until the browser is closed. */
    setCookie: (res: Response, name: string, value: string, maxAge?: number) => {
      res.cookie(cookieName(name), value, { ...options, ...(maxAge && { maxAge }) } as object);
    },
    clearCookie: (res: Response, name: string) => {
      res.clearCookie(cookieName(name), options as object);
    },

    /** Middleware: notes when the request came. A browser without a token gets one, so that its first form is bound to it. */
    receive(req: Request, res: Response, next: NextFunction): void {
      const visit: Visit = { at: clock(), token: tokenIn(req) ?? '', timedOut: false };
      res.locals['visit'] = visit;
      if (visit.token === '') setToken(res, newSessionToken());
      next();
    },

    /**
     * Middleware behind the reading of the body, which takes as long as the sender likes: finds out who is there now. Whoever
     * was suspended meanwhile is nobody; deadlines go by the time of receipt all the same.
     */
    async recognise(req: Request, res: Response, next: NextFunction): Promise<void> {
      const { at, token } = visitOf(res);
      const visit: Visit = { at, token, timedOut: false };
      res.locals['visit'] = visit;
      const session = tokenIn(req) ? await store.sessions.look(token, at) : undefined;
      if (session === 'timed-out') visit.timedOut = true;
      else if (session) {
        const onboarding = await store.onboardings.find(session.onboardingId);
        if (onboarding && !isOutlived(session, onboarding)) {
          Object.assign(visit, { session, onboarding });
          concerns(onboarding._id);
        }
      }
      next();
    },

    /** Signs a person in under a new token (ASVS 7.2.4); the old one is worth nothing. */
    async open(
      res: Response,
      onboarding: Onboarding,
      level: SessionLevel,
      token = newSessionToken(),
    ): Promise<Session> {
      const visit = visitOf(res);
      const { at, session: old } = visit;
      // One factor more: the old token still answers a second click of the same moment.
      const replaces = level === 'full' ? old?._id : undefined;
      const session = await store.sessions.open({
        token,
        onboardingId: onboarding._id,
        level,
        at,
        ...(replaces && { replaces }),
        // The password that was entered, whatever the document has come to since.
        generation: replaces ? old?.generation : onboarding.account?.generation,
      });
      if (old && old._id !== session._id) {
        await (replaces ? store.sessions.retire(old._id, at) : store.sessions.closeById(old._id));
      }
      setToken(res, token);
      Object.assign(visit, { session, onboarding });
      return session;
    },

    /** Ends this session, with the one that it grew out of, and gives the browser a fresh token. */
    async end(res: Response): Promise<void> {
      const { session } = visitOf(res);
      for (const id of [session?._id, session?.replaces]) if (id) await store.sessions.closeById(id);
      setToken(res, newSessionToken());
    },
  };
}

export type Place =
  | '/check-email'
  | '/phone'
  | '/two-step'
  | '/unlocking'
  | '/dashboard'
  | '/blocked'
  | '/sign-in';

/** The page that a person is at. Every page sends those who are elsewhere there, so that no step is skipped. */
export function placeOf({ session, onboarding, at }: Visit): Place {
  if (!session || !onboarding) return '/sign-in';
  switch (effectiveStage(onboarding, at)) {
    case 'verifying':
      return '/check-email';
    case 'enrolling':
      return '/phone';
    case 'confirming':
      return isPhoneProven(onboarding) ? '/unlocking' : '/two-step';
    case 'active':
      return session.level === 'full' ? '/dashboard' : '/two-step';
    case 'blocked':
      return '/blocked';
    default:
      return '/sign-in';
  }
}
