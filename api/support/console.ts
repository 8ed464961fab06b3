import { type NextFunction, type Request, type Response, Router } from 'express';
import { STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import { createAct } from '../acting.js';
import { asDomainError, DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { Flash } from '../web/flash.js';
import { readForm } from '../web/forms.js';
import { hasAcknowledged, personOf } from '../web/guard.js';
import type { Show } from '../web/page.js';
import { placeOf, visitOf } from '../web/visit.js';
import { supportChats } from './chats.js';
import { peopleModel } from './people.js';
import { isBarred, personModel, type Tried } from './person.js';

/** The support console: find anyone, see where and why they are stuck, act with a reason. */
export function supportConsole(services: Services, show: Show, flash: Flash): Router {
  const act = createAct(services);
  const router = Router();
  router.use('/support', supportOnly(services));
  router.use(supportChats(services, show));

  router.get('/support', async (req, res) => {
    await show(res, 'support-people', await peopleModel(services, req.query, personOf(res).at));
  });

  router.get('/support/:id', async (req, res) => {
    const [kind, name] = (flash.take(req, res) ?? '').split(':');
    const action = actionNamed(name);
    await page(
      res,
      req.params.id,
      action ? { notice: { kind: kind === 'done' ? 'done' : 'accepted', action } } : {},
    );
  });

  router.post('/support/:id/:action', async (req, res) => {
    const { id } = req.params;
    const name = actionNamed(req.params.action);
    if (!name) throw new DomainError('not-found');
    const { reason, email } = readForm(req, ['reason', 'email']);
    const { onboarding: me, at } = personOf(res);
    try {
      if (isBarred(name, id, me._id)) throw new DomainError('not-allowed');
      const { carriedOut } = await act({
        onboardingId: id,
        name,
        ...(name === 'correct-email' && { email }),
        actor: { kind: 'support', id: me._id },
        // A reason is one line in the trail, however it was typed.
        reason: reason.replaceAll(/\s*[\r\n]+\s*/g, ' '),
        at,
      });
      // What has signed me out leads to where I now belong.
      if (id === me._id) return res.redirect(303, '/dashboard');
      flash.redirect(res, `/support/${id}`, `${carriedOut ? 'done' : 'accepted'}:${name}`);
    } catch (error) {
      const refusal = asDomainError(error);
      if (!refusal || refusal.code === 'not-found' || refusal.status >= 500) throw error;
      await page(res, id, { tried: { name, reason, email, refusal } });
    }
  });

  async function page(
    res: Response,
    id: string,
    { tried, notice }: { tried?: Tried; notice?: { kind: 'done' | 'accepted'; action: StaffActionName } },
  ): Promise<void> {
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

/** Several forms stand on the page: a field is named after its action. */
const fieldOf = ({ name, refusal }: Tried): string => `${refusal.more.field ?? 'reason'}-${name}`;

const actionNamed = (text: unknown): StaffActionName | undefined =>
  STAFF_ACTIONS.find((name) => name === text);

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
