import { type Response, Router } from 'express';
import { STAFF_ACTIONS, type StaffActionName } from '../store/actions.js';
import { createAct } from './acting.js';
import { asDomainError, DomainError } from './errors.js';
import type { Services } from './services.js';
import { isBarred, type Tried } from './support/person.js';
import type { Flash } from './web/flash.js';
import { readForm } from './web/forms.js';
import { personOf } from './web/guard.js';

/** What a person's page says of an action: that it was done, or what was tried and refused, so that nothing typed is lost. */
export interface Said {
  notice?: { kind: 'done' | 'accepted'; action: StaffActionName };
  tried?: Tried;
}

/** A person's page with a form for each action, under `<base>/:id`; the console and the team's pages differ in who may what. */
export function actionPages(
  services: Services,
  flash: Flash,
  door: {
    base: '/support' | '/team';
    by: 'support' | 'team-lead';
    /** Whether the visitor may act on this person. @throws DomainError `not-found` */
    mayActOn: (res: Response, id: string) => Promise<boolean>;
    page: (res: Response, id: string, said: Said) => Promise<void>;
  },
): Router {
  const { base, by, mayActOn, page } = door;
  const act = createAct(services);
  const router = Router();

  router.get(`${base}/:id`, async (req, res) => {
    const [kind, name] = (flash.take(req, res) ?? '').split(':');
    const action = actionNamed(name);
    const notice = action && { kind: kind === 'done' ? ('done' as const) : ('accepted' as const), action };
    await page(res, String(req.params['id']), notice ? { notice } : {});
  });

  router.post(`${base}/:id/:action`, async (req, res) => {
    const id = String(req.params['id']);
    const name = actionNamed(req.params['action']);
    if (!name) throw new DomainError('not-found');
    const { reason, email } = readForm(req, ['reason', 'email']);
    const { onboarding: me, at } = personOf(res);
    const allowed = await mayActOn(res, id);
    try {
      if (!allowed || isBarred(name, id, me._id)) throw new DomainError('not-allowed');
      const { carriedOut } = await act({
        onboardingId: id,
        ...(by === 'team-lead' && { teamId: me.teamId }),
        name,
        ...(name === 'correct-email' && { email }),
        actor: { kind: by, id: me._id },
        // A reason is one line in the trail, however it was typed.
        reason: reason.replaceAll(/\s*[\r\n]+\s*/g, ' '),
        at,
      });
      // What has signed me out leads to where I now belong.
      if (id === me._id) return res.redirect(303, '/dashboard');
      flash.redirect(res, `${base}/${id}`, `${carriedOut ? 'done' : 'accepted'}:${name}`);
    } catch (error) {
      const refusal = asDomainError(error);
      if (!refusal || refusal.code === 'not-found' || refusal.status >= 500) throw error;
      await page(res, id, { tried: { name, reason, email, refusal } });
    }
  });

  return router;
}

/** Several forms stand on the page: a field is named after its action. */
export const fieldOf = ({ name, refusal }: Tried): string => `${refusal.more.field ?? 'reason'}-${name}`;

const actionNamed = (text: unknown): StaffActionName | undefined =>
  STAFF_ACTIONS.find((name) => name === text);
