import { leadsTo, mayTake, STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import { lastDigits } from '../../store/addresses.js';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import type { Message } from '../../store/messages.js';
import { recoveryCodesLeft } from '../../store/steps.js';
import { lockedUntil } from '../../store/tries.js';
import { onboardingWorkflowId } from '../../workflows/messages.js';
import type { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { SupportAction, SupportMessage, SupportPerson } from '../views/support-models.js';
import { nameOf } from '../web/page.js';
import { deadlineOf } from './deadline.js';
import { liveOf } from './live.js';
import { timelineOf } from './timeline.js';
import { type Stuck, whyStuck } from './why-stuck.js';
import { isAction, reasonWords, suggestionWords } from './wording.js';

/** What was sent and refused: it stays in its form. */
export interface Tried {
  name: StaffActionName;
  reason: string;
  email: string;
  refusal: DomainError;
}

/** Nobody locks themselves out, or away from the trail of what they did. */
const NOT_ON_ONESELF = new Set<StaffActionName>(['suspend', 'erase']);

export const isBarred = (name: StaffActionName, id: string, viewerId: string): boolean =>
  id === viewerId && NOT_ON_ONESELF.has(name);

/** Everything that the console shows of one person; undefined where there is no such person. */
export async function personModel(
  services: Services,
  { id, viewerId, at, tried }: { id: string; viewerId: string; at: Date; tried?: Tried },
): Promise<SupportPerson | undefined> {
  const { store, policy, settings } = services;
  const o = await store.onboardings.find(id);
  if (!o) return undefined;
  const [messages, timeline, team, live, conversation] = await Promise.all([
    store.messages.of(id),
    timelineOf(store, o),
    store.teams.find(o.teamId),
    liveOf(services, o),
    store.conversations.find(id),
  ]);
  const stage = effectiveStage(o, at);
  const deadline = deadlineOf(o, at, policy);
  const stuck = whyStuck({ onboarding: o, messages, at });
  const [lastMessage] = messages;
  const triesLeft = o.challenge && !o.challenge.consumedAt ? o.challenge.triesLeft : undefined;
  const codesLeft = recoveryCodesLeft(o);
  const locked = lockedUntil(o, at);
  const workflowId = onboardingWorkflowId(id, o.attempt);

  return {
    id,
    chatUnread: conversation?.unreadBySupport ?? 0,
    path: `/support/${id}`,
    name: nameOf(o),
    email: o.email,
    stage,
    since: o.stageSince,
    ...(deadline && { deadline }),
    ...(lastMessage && { lastMessage: messageModel(lastMessage) }),
    ...(o.phone !== undefined && {
      tries: {
        ...(triesLeft !== undefined && { code: triesLeft }),
        account: Math.max(policy.codeFailureCap - o.codeFailures, 0),
      },
    }),
    ...(locked && { lockedUntil: locked }),
    ...(stuck && { stuck: stuckModel(stuck) }),
    live,
    ...(settings.temporalUiUrl && { temporalUrl: `${settings.temporalUiUrl}/workflows/${workflowId}` }),
    actions: actionsOf(o, { by: 'support', at, viewerId, ...(stuck && { stuck }), ...(tried && { tried }) }),
    self: id === viewerId,
    messages: messages.map(messageModel),
    timeline,
    about: {
      ...(o.phone !== undefined && { lastDigits: lastDigits(o.phone) }),
      ...(o.authenticator && { authenticatorSince: o.authenticator.addedAt }),
      ...(codesLeft > 0 && { recoveryCodesLeft: String(codesLeft) }),
      teamName: team?.name ?? o.teamId,
      role: o.role,
      invitedBy: o.invitedBy.name,
    },
  };
}

/** The forms: what staff can do now, and what was just tried, so that nothing typed is lost. */
export function actionsOf(
  o: Onboarding,
  {
    by,
    at,
    viewerId,
    stuck,
    tried,
  }: {
    by: 'support' | 'team-lead';
    at: Date;
    viewerId: string;
    stuck?: Stuck;
    tried?: Tried;
  },
): SupportAction[] {
  return STAFF_ACTIONS.filter(
    (name) =>
      name === tried?.name ||
      (mayTake(name, { kind: by }) && leadsTo(name, o, at) && !isBarred(name, o._id, viewerId)),
  ).map((name) => {
    const mine = name === tried?.name;
    return {
      name,
      reason: mine ? tried.reason : '',
      ...(name === 'correct-email' && { email: mine ? tried.email : '' }),
      suggested: stuck?.suggestion === name,
      open: mine || (!tried && stuck?.suggestion === name),
    };
  });
}

function stuckModel({ reason, suggestion, ...rest }: Stuck): NonNullable<SupportPerson['stuck']> {
  return {
    words: reasonWords(reason),
    ...(isAction(suggestion) ? { action: suggestion } : { advice: suggestionWords(suggestion) }),
    ...rest,
  };
}

export function messageModel({ kind, state, createdAt, attempts, failure }: Message): SupportMessage {
  return {
    kind,
    state,
    at: createdAt,
    attempts,
    ...(failure !== undefined && (state === 'queued' || state === 'failed') && { failure }),
  };
}
