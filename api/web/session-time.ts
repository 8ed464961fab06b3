import { Router } from 'express';
import type { Policy } from '../../store/policy.js';
import type { Session } from '../../store/sessions.js';
import type { Services } from '../services.js';
import type { SessionTime } from '../views/models.js';
import { visitOf } from './visit.js';

/** People are warned two minutes before their session ends. */
const WARNING = 120_000;

/** How long a session lasts from `at` if nobody uses it, and when to warn. */
export function sessionTime(session: Session, at: Date, policy: Policy): SessionTime {
  const ends = Math.min(session.lastSeenAt.getTime() + policy.sessionIdle, session.expiresAt.getTime());
  return {
    // Rounded up: whoever comes when it is over must find it over.
    secondsLeft: Math.ceil((ends - at.getTime()) / 1_000),
    warningSeconds: Math.min(WARNING, policy.sessionIdle / 2) / 1_000,
  };
}

/** Asking for one's session is using it: this is what "Stay signed in" does. */
export function sessionDoor({ policy }: Pick<Services, 'policy'>): Router {
  const router = Router();
  router.get('/session', (_req, res) => {
    const { session, at } = visitOf(res);
    if (session) res.json(sessionTime(session, at, policy));
    else res.status(401).end();
  });
  return router;
}
