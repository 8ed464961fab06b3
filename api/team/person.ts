import { type Response, Router } from 'express';
import { STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import { effectiveStage, type Onboarding } from '../../store/facts.js';
import { createAct } from '../acting.js';
import { asDomainError, DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { deadlineOf } from '../support/deadline.js';
import { actionsOf, isBarred, messageModel, type Tried } from '../support/person.js';
import { timelineOf } from '../support/timeline.js';
import type { TeamPerson } from '../views/team-models.js';
import type { Flash } from '../web/flash.js';
import { readForm } from '../web/forms.js';
import { personOf } from '../web/guard.js';
import { nameOf, type Show } from '../web/page.js';

const MESSAGES_SHOWN = 20;

/** One invitation of the team: where the person is, what happened, and what a team lead can do about it. */
export function personPages(services: Services, show: Show, flash: Flash): Router {
  const { store } = services;
  const act = createAct(services);
  const router = Router();

  router.get('/team/:id', async (req, res) => {
    const [kind, name] = (flash.take(req, res) ?? '').split(':');
    const action = actionNamed(name);
    await page(
      res,
      req.params.id,
      action ? { notice: { kind: kind === 'done' ? 'done' : 'accepted', action } } : {},
    );
  });

  router.post('/team/:id/:action', async (req, res) => {
    const { id } = req.params;
    const name = actionNamed(req.params.action);
    if (!name) throw new DomainError('not-found');
    const { reason, email } = readForm(req, ['reason', 'email']);
    const { onboarding: me, at } = personOf(res);
    const person = await teamMate(res, id);
    try {
      if (!isLedBy(person, me) || isBarred(name, id, me._id)) throw new DomainError('not-allowed');
      const { carriedOut } = await act({
        onboardingId: id,
        teamId: me.teamId,
        name,
        ...(name === 'correct-email' && { email }),
        actor: { kind: 'team-lead', id: me._id },
        // A reason is one line in the trail, however it was typed.
        reason: reason.replaceAll(/\s*[\r\n]+\s*/g, ' '),
        at,
      });
      flash.redirect(res, `/team/${id}`, `${carriedOut ? 'done' : 'accepted'}:${name}`);
    } catch (error) {
      const refusal = asDomainError(error);
      if (!refusal || refusal.code === 'not-found' || refusal.status >= 500) throw error;
      await page(res, id, { tried: { name, reason, email, refusal } });
    }
  });

  /** @throws DomainError `not-found`, also for somebody of another team */
  async function teamMate(res: Response, id: string): Promise<Onboarding> {
    const person = await store.onboardings.find(id);
    if (person?.teamId !== personOf(res).onboarding.teamId) throw new DomainError('not-found');
    return person;
  }

  async function page(
    res: Response,
    id: string,
    { tried, notice }: { tried?: Tried; notice?: NonNullable<TeamPerson['notice']> },
  ): Promise<void> {
    const { onboarding: me, at } = personOf(res);
    const o = await teamMate(res, id);
    const [messages, timeline, team] = await Promise.all([
      store.messages.of(id),
      timelineOf(store, o, { forTeam: true }),
      store.teams.find(o.teamId),
    ]);
    const stage = effectiveStage(o, at);
    // A code that is being texted is between the person and their phone.
    const deadline =
      stage === 'invited' || stage === 'verifying' ? deadlineOf(o, at, services.policy) : undefined;
    const model: TeamPerson = {
      id,
      path: `/team/${id}`,
      name: nameOf(o),
      email: o.email,
      stage,
      since: o.stageSince,
      ...(deadline && { deadline }),
      ...(o.needsSupport && { problem: o.needsSupport.problem }),
      actions: isLedBy(o, me)
        ? actionsOf(o, { by: 'team-lead', at, viewerId: me._id, ...(tried && { tried }) })
        : [],
      self: id === me._id,
      ...(notice && { notice }),
      messages: messages.slice(0, MESSAGES_SHOWN).map(messageModel),
      timeline,
      about: { teamName: team?.name ?? o.teamId, role: o.role, invitedBy: o.invitedBy.name },
    };
    const errors = tried
      ? [{ field: `${tried.refusal.more.field ?? 'reason'}-${tried.name}`, code: tried.refusal.code }]
      : [];
    await show(res, 'team-person', model, { errors });
  }

  return router;
}

/** Leads act on the clinicians of their team; staff are support's. */
const isLedBy = (person: Onboarding, lead: Onboarding): boolean =>
  person.teamId === lead.teamId && person.role === 'clinician';

const actionNamed = (text: unknown): StaffActionName | undefined =>
  STAFF_ACTIONS.find((name) => name === text);
