import type { NextFunction, Request, Response } from 'express';
import type { Onboarding } from '../../store/facts.js';
import type { Session } from '../../store/sessions.js';
import type { Services } from '../services.js';
import { type Place, placeOf, visitOf } from './visit.js';

/** Middleware: lets on to a page only whoever is there, and sends everyone else to where they are. */
export function only(...places: readonly Place[]) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    const visit = visitOf(res);
    const place = placeOf(visit);
    if (places.includes(place)) next();
    else res.redirect(303, place === '/sign-in' && visit.timedOut ? '/sign-in?notice=timed-out' : place);
  };
}

/** Who is there, behind `only(...)`. */
export function personOf(res: Response): { session: Session; onboarding: Onboarding; at: Date } {
  const { session, onboarding, at } = visitOf(res);
  if (!session || !onboarding) throw new Error('This page needs a guard');
  return { session, onboarding, at };
}

/** Middleware behind `only('/dashboard')`: the disclaimer comes first. */
export function onceAcknowledged({ legalTexts }: Pick<Services, 'legalTexts'>) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    if (hasAcknowledged(personOf(res).onboarding, legalTexts.disclaimer)) next();
    else res.redirect(303, '/dashboard');
  };
}

/** The server keeps everything shut until the disclaimer in force is acknowledged. */
export const hasAcknowledged = ({ disclaimer }: Onboarding, inForce: { version: string }): boolean =>
  disclaimer?.version === inForce.version;
