import { type NextFunction, type Request, type Response, Router } from 'express';
import { actionPages, fieldOf, type Said } from '../action-pages.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { Flash } from '../web/flash.js';
import { hasAcknowledged, personOf } from '../web/guard.js';
import type { Show } from '../web/page.js';
import { placeOf, visitOf } from '../web/visit.js';
import { supportChats } from './chats.js';
import { peopleModel } from './people.js';
import { personModel } from './person.js';

/** The support console: find anyone, see where and why they are stuck, act with a reason. */
export function supportConsole(services: Services, show: Show, flash: Flash): Router {
  const router = Router();
  router.use('/support', supportOnly(services));
  router.use(supportChats(services, show));

  router.get('/support', async (req, res) => {
    await show(res, 'support-people', await peopleModel(services, req.query, personOf(res).at));
  });

  router.use(
    actionPages(services, flash, { base: '/support', by: 'support', mayActOn: async () => true, page }),
  );

  async function page(res: Response, id: string, { tried, notice }: Said): Promise<void> {
    const { onboarding: me, at } = personOf(res);
    const model = await personModel(services, { id, viewerId: me._id, at, ...(tried && { tried }) });
    if (!model) throw new DomainError('not-found');
    await show(
      res,
      'support-person',
      { ...model, ...(notice && { notice }) },
      {
        errors: tried
          ? [{ field: fieldOf(tried), code: WORDS[tried.refusal.code] ?? tried.refusal.code }]
          : [],
      },
    );
  }

  return router;
}

/** A taken address is no secret from support. */
const WORDS: Partial<Record<string, string>> = { 'cannot-invite': 'email-taken' };

/** Middleware: for anyone but support, fully signed in and with the disclaimer behind them, there is nothing here. */
function supportOnly({ legalTexts }: Pick<Services, 'legalTexts'>) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    const visit = visitOf(res);
    const { onboarding } = visit;
    const allowed =
      onboarding?.role === 'support' &&
      placeOf(visit) === '/dashboard' &&
      hasAcknowledged(onboarding, legalTexts.disclaimer);
    if (!allowed) throw new DomainError('not-found');
    next();
  };
}
