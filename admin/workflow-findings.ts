import type { Onboarding, Stage } from '../store/facts.js';
import type { Policy } from '../store/policy.js';
import { later } from '../store/steps.js';
import type { AdminServices } from './command.js';
import { PATIENCE } from './patience.js';

export type WorkflowProblem =
  | 'workflow-missing'
  | 'workflow-ended'
  | 'workflow-ahead'
  | 'workflow-behind'
  | 'workflow-silent'
  | 'was-erased'
  | 'temporal-silent';

interface WorkflowFinding {
  problem: WorkflowProblem;
  detail: string;
}

type Watched = Pick<AdminServices, 'gateway' | 'policy'>;

/** At these a workflow has to be there; a blocked person's stays for a while. */
const OPEN = new Set<Stage>(['invited', 'verifying', 'enrolling', 'confirming']);

export const isOpen = (stage: Stage): boolean => OPEN.has(stage);

/**
 * Holds an onboarding against the newest workflow of it that Temporal knows.
 * @param settled whether its last step is old enough for a workflow to know it
 */
export async function workflowFindings(
  { gateway, policy }: Watched,
  o: Onboarding,
  { at, settled }: { at: Date; settled: boolean },
): Promise<WorkflowFinding[]> {
  if (o.stage === 'erased') return [];
  try {
    const attempt = (await unusedAttempt(gateway, o)) - 1;
    const finding = await compare({ gateway, policy }, o, { attempt, at, settled });
    return finding
      ? [{ problem: finding[0], detail: [`attempt ${attempt}`, finding[1]].join(' ').trim() }]
      : [];
  } catch {
    return [{ problem: 'temporal-silent', detail: `attempt ${o.attempt}` }];
  }
}

/** The first attempt after the document's that no workflow has had. A restored document may lack the last ones. */
export async function unusedAttempt(
  gateway: Watched['gateway'],
  { _id, attempt }: Pick<Onboarding, '_id' | 'attempt'>,
): Promise<number> {
  let next = attempt + 1;
  while (await gateway.seen({ _id, attempt: next }, PATIENCE)) next++;
  return next;
}

async function compare(
  { gateway, policy }: Watched,
  o: Onboarding,
  { attempt, at, settled }: { attempt: number; at: Date; settled: boolean },
): Promise<[WorkflowProblem, string?] | undefined> {
  const isLater = attempt > o.attempt;
  if (!isLater && !needsWorkflow(o, at, policy)) return undefined;
  const newest = { _id: o._id, attempt };
  const seen = await gateway.seen(newest, PATIENCE);
  if (!seen) return ['workflow-missing'];
  if (seen.status !== 'RUNNING') {
    const end = seen.status === 'COMPLETED' && (await gateway.endedAt(newest, PATIENCE));
    if (end === 'erased') return ['was-erased'];
    return [isLater ? 'workflow-ahead' : 'workflow-ended', seen.status];
  }
  const live = await gateway.live(newest, PATIENCE).catch(() => undefined);
  if (!live) return ['workflow-silent'];
  if (live.stage === 'erased') return ['was-erased'];
  const difference = `knows step ${live.seq} of ${o.seq}`;
  if (isLater || live.seq > o.seq) return ['workflow-ahead', difference];
  return live.seq < o.seq && settled ? ['workflow-behind', difference] : undefined;
}

function needsWorkflow(o: Onboarding, at: Date, policy: Policy): boolean {
  if (o.stage === 'blocked') return at < later(o.blockedAt ?? o.stageSince, policy.blockedRetention);
  return OPEN.has(o.stage);
}
