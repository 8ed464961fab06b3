import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type Batch, type BatchRow, invitationIdOf, type RowDecision } from '../store/batches.js';
import { effectiveStage } from '../store/deadlines.js';
import { invite } from '../store/inviting.js';
import { isInForce } from '../store/keys-in-force.js';
import { later } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { present } from './present.js';

export interface InviteRowsInput {
  batchId: string;
  /** The row to begin with, counted from 1. */
  from: number;
}

export interface RowsInvited {
  /** The row to go on with; absent: all are decided. */
  next?: number;
  /** How long to wait before that, in milliseconds: the allowance is used up. */
  waitMs?: number;
}

const ROWS_AT_ONCE = 50;
/** A batch leaves room for the people who are on their way in. */
const SIDE_BY_SIDE = 5;

/** Decides the next rows of a batch, each by the same rule and within the same allowance as a single invitation. */
export function inviteRows({ store, policy, nudge, clock }: ActivityDependencies) {
  return async function inviteRows({ batchId, from }: InviteRowsInput): Promise<RowsInvited> {
    const batch = present(await store.batches.find(batchId), batchId);
    const rows = await store.batches.undecided({ batchId, from, limit: ROWS_AT_ONCE });
    const last = rows.at(-1);
    if (!last) {
      await store.batches.finish(batchId, clock());
      return {};
    }
    if (batch.waitsUntil) await store.batches.goOn(batchId);

    const allowed = await mayInvite(batch);
    const stopping = cancellationSignal();
    let waitMs: number | undefined;
    await sideBySide(byAddress(rows), async (row) => {
      // A worker that is being stopped leaves the rest to the next one.
      if (waitMs !== undefined || stopping.aborted) return;
      heartbeat();
      const decision = allowed ? await decisionOn(batch, row) : REFUSED;
      if ('waitMs' in decision) waitMs = decision.waitMs;
      else await store.batches.decide(row, decision);
    });
    if (waitMs === undefined) return { next: stopping.aborted ? from : last.row + 1 };
    await store.batches.waitUntil(batchId, later(clock(), waitMs));
    return { next: from, waitMs };
  };

  async function decisionOn({ by, teamId }: Batch, row: BatchRow): Promise<RowDecision | { waitMs: number }> {
    const { request } = row;
    if (!request) return { outcome: 'refused', reason: 'internal' };
    const allowance = await store.limits.take({ 'invite-caller': by.id ?? teamId });
    if (!allowance.allowed) return { waitMs: Math.max(allowance.retryAfterSeconds, 1) * 1_000 };
    const id = invitationIdOf(row);
    const invited = await invite(
      { onboardings: store.onboardings, policy },
      { id, request, by, teamId, at: clock() },
    );
    if ('refused' in invited) {
      if (invited.refused === 'busy')
        throw ApplicationFailure.retryable('An address is changing hands', 'busy');
      return { outcome: 'refused', reason: 'cannot-invite' };
    }
    const { onboarding } = invited;
    // The row has made it, perhaps in a try that told nobody.
    const outcome = invited.outcome === 'existing' ? 'existing' : 'created';
    if (outcome === 'created' && onboarding.untoldSince) {
      // Whoever cannot be told now is told by the sweeper.
      await nudge(onboarding)
        .then(() => store.onboardings.markTold(id, onboarding.seq))
        .catch(() => {});
    }
    return { outcome, invitationId: onboarding._id };
  }

  /** A key that has ended, or a team lead who was suspended, invites nobody any more, whatever was handed in before. */
  async function mayInvite({ by: { kind, id } }: Batch): Promise<boolean> {
    if (id === undefined) return false;
    if (kind === 'api-key') {
      const key = await store.apiKeys.find(id);
      return key !== null && isInForce(store, key, clock());
    }
    const lead = await store.onboardings.find(id);
    return lead?.role === 'team-lead' && effectiveStage(lead, clock()) === 'active';
  }
}

const REFUSED: RowDecision = { outcome: 'refused', reason: 'not-allowed' };

/** Rows about one address are decided one after the other, in their order. */
function byAddress(rows: readonly BatchRow[]): BatchRow[][] {
  const groups = new Map<string, BatchRow[]>();
  for (const row of rows) {
    const address = row.request?.email ?? row._id;
    groups.set(address, [...(groups.get(address) ?? []), row]);
  }
  return [...groups.values()];
}

async function sideBySide(
  groups: readonly BatchRow[][],
  decide: (row: BatchRow) => Promise<void>,
): Promise<void> {
  const waiting = groups.values();
  const lane = async () => {
    for (const group of waiting) for (const row of group) await decide(row);
  };
  // Every lane comes to its end before the try does: the next one meets nobody from this one.
  const lanes = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, lane));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
