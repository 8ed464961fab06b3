import { z } from 'zod';
import { STAGES } from '../../store/facts.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { inList, place, positionIn, positionOf, stageAsked } from '../support/people.js';
import type { TeamInvitations } from '../views/team-models.js';

const PAGE = 25;
const BATCHES_SHOWN = 5;

const query = z.object({ stage: stageAsked, after: place });

/**
 * A page of the team's invitations, and its last batches.
 * @throws DomainError `bad-request` on a query that no page of ours sends
 */
export async function invitationsModel(
  { store, policy }: Pick<Services, 'store' | 'policy'>,
  { asked, teamId, at }: { asked: unknown; teamId: string; at: Date },
): Promise<TeamInvitations> {
  const read = query.safeParse(asked);
  if (!read.success) throw new DomainError('bad-request');
  const { stage, after } = read.data;
  const position = after === undefined ? undefined : positionIn(after);
  const [team, counts, batches, found] = await Promise.all([
    store.teams.find(teamId),
    store.onboardings.countByStage({ teamId }, at),
    store.batches.ofTeam(teamId, BATCHES_SHOWN),
    store.onboardings.search(
      { teamId, ...(stage && { stage }) },
      { at, limit: PAGE + 1, ...(position && { after: position }) },
    ),
  ]);
  const people = found.slice(0, PAGE);
  const last = people.at(-1);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    teamName: team?.name ?? teamId,
    stages: [
      { count: total, href: addressOf({}), current: stage === undefined },
      ...STAGES.map((each) => ({
        stage: each,
        count: counts[each],
        href: addressOf({ stage: each }),
        current: each === stage,
      })),
    ],
    people: people.map((o) => inList(o, { at, teams: team ? [team] : [], policy })),
    batches: batches.map(({ _id, createdAt, rows, doneAt }) => ({
      id: _id,
      at: createdAt,
      rows,
      done: doneAt !== undefined,
    })),
    ...(found.length > PAGE && last && { nextHref: addressOf({ stage, after: positionOf(last) }) }),
    ...(after !== undefined && { firstHref: addressOf({ stage }) }),
  };
}

function addressOf(fields: { stage?: string | undefined; after?: string }): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return search === '' ? '/team' : `/team?${search}`;
}
