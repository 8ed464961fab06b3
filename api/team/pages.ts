import express, { type NextFunction, type Request, type Response, Router } from 'express';
import type { Services } from '../services.js';
import type { Flash } from '../web/flash.js';
import { refusePrototype } from '../web/forms.js';
import { personOf } from '../web/guard.js';
import type { Show } from '../web/page.js';
import { apiKeyPages } from './api-keys.js';
import { batchPages } from './batches.js';
import { isTeamLead, teamLeadsOnly } from './guard.js';
import { invitationsModel } from './invitations.js';
import { personPages } from './person.js';

export const MANY = '/team/invite-many';

/** What a team lead finds beside the dashboard: the team's invitations, inviting many, API keys. */
export function teamPages(services: Services, show: Show, flash: Flash): Router {
  const router = Router();
  router.use('/team', teamLeadsOnly(services));

  router.get('/team', async (req, res) => {
    const { onboarding: me, at } = personOf(res);
    await show(res, 'team', await invitationsModel(services, { asked: req.query, teamId: me.teamId, at }));
  });
  router.use(batchPages(services, show));
  router.use(apiKeyPages(services, show));
  router.use(personPages(services, show, flash));
  return router;
}

/** A full list of people, percent-encoded. Nobody but team leads has that much room. */
export function moreRoomForRows(services: Services) {
  const read = express.urlencoded({
    extended: false,
    limit: '4mb',
    parameterLimit: 10,
    verify: refusePrototype,
  });
  return (req: Request, res: Response, next: NextFunction): void => {
    if (isTeamLead(res, services)) read(req, res, next);
    else next();
  };
}
