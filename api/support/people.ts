import { z } from 'zod';
import { effectiveStage } from '../../store/deadlines.js';
import { type Onboarding, STAGES } from '../../store/facts.js';
import type { Position, Search } from '../../store/searching.js';
import type { Team } from '../../store/teams.js';
import { isLocked } from '../../store/tries.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { SupportPeople, SupportPersonInList } from '../views/support-models.js';
import { nameOf } from '../web/page.js';
import { deadlineOf } from './deadline.js';

const PAGE = 25;
const MOST_TEAMS = 500;

/** An empty field of the form is one that does not narrow the search. */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
export const place = unlessEmpty(z.string().regex(/^\d{1,15}_[\x21-\x7e]{1,100}$/));
export const stageAsked = unlessEmpty(z.enum(STAGES));

const query = z.object({
  q: unlessEmpty(z.string().max(200)),
  stage: stageAsked,
  team: unlessEmpty(z.string().max(100)),
  soon: unlessEmpty(z.literal('yes')),
  help: unlessEmpty(z.literal('yes')),
  /** Milliseconds and id of the last person of the page before. */
  after: place,
});
type Query = z.output<typeof query>;

/**
 * The list of people that a search finds, a page of it.
 * @throws DomainError `bad-request` on a query that no form of ours sends
 */
export async function peopleModel(
  { store, policy }: Pick<Services, 'store' | 'policy'>,
  asked: unknown,
  at: Date,
): Promise<SupportPeople> {
  const read = query.safeParse(asked);
  if (!read.success) throw new DomainError('bad-request');
  const { q, stage, team, soon, help, after } = read.data;
  const everyStage: Search = {
    ...(q !== undefined && { text: q }),
    ...(team !== undefined && { teamId: team }),
    ...(soon && { deadlineSoon: true }),
    ...(help && { needsHelp: true }),
  };
  const position = after === undefined ? undefined : positionIn(after);
  const [teams, counts, found, chatsWaiting] = await Promise.all([
    store.teams.all(MOST_TEAMS),
    store.onboardings.countByStage(everyStage, at),
    store.onboardings.search(
      { ...everyStage, ...(stage && { stage }) },
      { at, limit: PAGE + 1, ...(position && { after: position }) },
    ),
    store.conversations.countWaiting(),
  ]);
  const people = found.slice(0, PAGE);
  const last = people.at(-1);
  const { after: _, ...search } = read.data;
  const { stage: _s, ...rest } = search;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    chatsWaiting,
    search: {
      text: q ?? '',
      stage: stage ?? '',
      teamId: team ?? '',
      deadlineSoon: soon !== undefined,
      needsHelp: help !== undefined,
    },
    teams: teams.map(({ _id, name }) => ({ id: _id, name })),
    stages: [
      { count: total, href: addressOf(rest), current: stage === undefined },
      ...STAGES.map((each) => ({
        stage: each,
        count: counts[each],
        href: addressOf({ ...rest, stage: each }),
        current: each === stage,
      })),
    ],
    people: people.map((o) => inList(o, { at, teams, policy })),
    ...(found.length > PAGE && last && { nextHref: addressOf({ ...search, after: positionOf(last) }) }),
    ...(after !== undefined && { firstHref: addressOf(search) }),
  };
}

export function inList(
  o: Onboarding,
  { at, teams, policy }: { at: Date; teams: readonly Team[]; policy: Services['policy'] },
): SupportPersonInList {
  const stage = effectiveStage(o, at);
  const deadline = deadlineOf(o, at, policy);
  const locked = isLocked(o, at);
  return {
    id: o._id,
    name: nameOf(o),
    email: o.email,
    stage,
    since: o.stageSince,
    teamName: teams.find(({ _id }) => _id === o.teamId)?.name ?? o.teamId,
    ...(deadline && { deadline }),
    needsHelp: stage === 'blocked' || o.needsSupport !== undefined || locked,
  };
}

export const positionOf = ({ createdAt, _id }: Position): string => `${createdAt.getTime()}_${_id}`;

export function positionIn(text: string): Position {
  const [milliseconds = '', ...id] = text.split('_');
  return { createdAt: new Date(Number(milliseconds)), _id: id.join('_') };
}

function addressOf(fields: Partial<Query>): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return search === '' ? '/support' : `/support?${search}`;
}
