import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { hasAcknowledged } from '../web/guard.js';
import { placeOf, visitOf } from '../web/visit.js';

type Laws = Pick<Services, 'legalTexts'>;

/** A team lead, fully signed in and with the disclaimer behind them. */
export function isTeamLead(res: Response, { legalTexts }: Laws): boolean {
  const visit = visitOf(res);
  const { onboarding } = visit;
  return (
    onboarding?.role === 'team-lead' &&
    placeOf(visit) === '/dashboard' &&
    hasAcknowledged(onboarding, legalTexts.disclaimer)
  );
}

/** Middleware: whoever is not signed in is sent to where they are, and for anyone but a team lead there is nothing here. */
export function teamLeadsOnly(laws: Laws) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    const visit = visitOf(res);
    const place = placeOf(visit);
    if (visit.onboarding && visit.onboarding.role !== 'team-lead') throw new DomainError('not-found');
    if (isTeamLead(res, laws)) next();
    else res.redirect(303, place === '/sign-in' && visit.timedOut ? '/sign-in?notice=timed-out' : place);
  };
}
