import type { Response, Router } from 'express';
import { mayActOn } from '../../store/actions.js';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import { actionPages, fieldOf, type Said } from '../action-pages.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { deadlineOf } from '../support/deadline.js';
import { actionsOf, messageModel } from '../support/person.js';
import { timelineOf } from '../support/timeline.js';
import type { TeamPerson } from '../views/team-models.js';
import type { Flash } from '../web/flash.js';
import { personOf } from '../web/guard.js';
import { nameOf, type Show } from '../web/page.js';

const MESSAGES_SHOWN = 20;

/** One invitation of the team: where the person is, what happened, and what a team lead can do about it. */
export function personPages(services: Services, show: Show, flash: Flash): Router {
  const { store } = services;
  return actionPages(services, flash, {
    base: '/team',
    by: 'team-lead',
    mayActOn: async (res, id) => isLedBy(await teamMate(res, id), personOf(res).onboarding),
    page,
  });

  /** @throws DomainError `not-found`, also for somebody of another team */
  async function teamMate(res: Response, id: string): Promise<Onboarding> {
    const person = await store.onboardings.find(id);
    if (person?.teamId !== personOf(res).onboarding.teamId) throw new DomainError('not-found');
    return person;
  }

  async function page(res: Response, id: string, { tried, notice }: Said): Promise<void> {
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
    const errors = tried ? [{ field: fieldOf(tried), code: tried.refusal.code }] : [];
    await show(res, 'team-person', model, { errors });
  }
}

const isLedBy = (person: Onboarding, lead: Onboarding): boolean =>
  person.teamId === lead.teamId && mayActOn(person.role, { kind: 'team-lead' });
