import type { z } from 'zod';
import { leadsTo, mayActOn, mayTake, STAFF_ACTIONS } from '../../store/actions.js';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import type { Message } from '../../store/messages.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { happenedTo } from '../timeline.js';
import { liveOf } from './live.js';
import { type Served, serve } from './operation.js';
import { showInvitation } from './operations.js';
import { representationOf } from './representation.js';
import type { invitationDetail } from './schemas.js';

type Detail = z.output<typeof invitationDetail>;

const MOST_MESSAGES = 20;
/** Sign-ins go on for years: only the end of a long story is told. */
const MOST_EVENTS = 200;

export const detail = (services: Services): Served =>
  serve(showInvitation, async ({ key, at, id }) => {
    const { store } = services;
    const onboarding = await store.onboardings.find(id);
    if (!onboarding || onboarding.teamId !== key.teamId) throw new DomainError('not-found');
    const [timeline, messages, live] = await Promise.all([
      happenedTo(onboarding, store),
      store.messages.of(id),
      liveOf(onboarding, services),
    ]);
    const body: Detail = {
      ...representationOf(onboarding, at),
      ...deadlinesOf(onboarding, at),
      ...(onboarding.needsSupport && {
        problem: {
          code: onboarding.needsSupport.problem,
          since: onboarding.needsSupport.since.toISOString(),
        },
      }),
      actions: actionsOn(onboarding, at),
      messages: messages.slice(0, MOST_MESSAGES).reverse().map(messageOf),
      ...live,
      timeline: timeline.slice(-MOST_EVENTS).map(({ seq, type, at: when, actor }) => ({
        seq,
        type,
        at: when.toISOString(),
        actor: { kind: actor.kind },
      })),
    };
    return { status: 200, body };
  });

function deadlinesOf(o: Onboarding, at: Date) {
  const stage = effectiveStage(o, at);
  // A deadline that has passed counts before anybody has written it down.
  const passed = stage === 'expired' ? o.inviteBy : (o.verifyBy ?? o.dueAt);
  const stageSince = stage === o.stage ? o.stageSince : (passed ?? o.stageSince);
  const blockedAt = stage === 'blocked' ? (o.blockedAt ?? passed) : undefined;
  return {
    stageSince: stageSince.toISOString(),
    ...(o.verifyBy && { verifyBy: o.verifyBy.toISOString() }),
    ...(o.account && { accountCreatedAt: o.account.createdAt.toISOString() }),
    ...(o.verifiedAt && { verifiedAt: o.verifiedAt.toISOString() }),
    ...(blockedAt && { blockedAt: blockedAt.toISOString() }),
    ...(o.activatedAt && { activatedAt: o.activatedAt.toISOString() }),
  };
}

const CALLER = { kind: 'api-key' } as const;

const actionsOn = (o: Onboarding, at: Date) =>
  STAFF_ACTIONS.filter((name) => mayActOn(o.role, CALLER) && mayTake(name, CALLER) && leadsTo(name, o, at));

const messageOf = (message: Message): Detail['messages'][number] => ({
  channel: message.channel,
  kind: message.kind,
  state: message.state,
  attempts: message.attempts,
  createdAt: message.createdAt.toISOString(),
  ...(message.acceptedAt && { acceptedAt: message.acceptedAt.toISOString() }),
  ...(message.failure !== undefined && { failure: message.failure }),
});
