import type { AuditRow } from '../store/audit.js';
import type { Onboarding, Stage } from '../store/facts.js';
import type { Message } from '../store/messages.js';
import { later } from '../store/steps.js';
import type { AdminServices } from './command.js';

export type Problem =
  | 'not-told'
  | 'overdue'
  | 'not-filed'
  | 'not-erased'
  | 'workflow-missing'
  | 'workflow-ended'
  | 'temporal-silent'
  | 'message-waiting'
  | 'message-refused'
  | 'audit-broken'
  | 'audit-short';

export interface Finding {
  onboarding: Onboarding;
  problem: Problem;
  /** Ids, codes and times; nothing personal. */
  detail?: string;
}

type Doctor = Pick<AdminServices, 'store' | 'policy' | 'gateway' | 'clock'>;

/** The service mends itself within a minute (SECURITY.md I7); what is older than two it did not. Milliseconds. */
const MENDED_BY = 120_000;
/** Providers have their hiccups: a message may wait so long before it is worth a look. */
const MESSAGE_MAY_WAIT = 600_000;
const BATCH = 200;
const PATIENCE = 5_000;

/** At these a workflow has to be there; a blocked person's stays for a while. */
const OPEN = new Set<Stage>(['invited', 'verifying', 'enrolling', 'confirming']);

/** Goes through all onboardings and yields what does not fit. Reads only. */
export async function* diagnose(doctor: Doctor): AsyncGenerator<Finding> {
  let after = '';
  for (;;) {
    const batch = await doctor.store.onboardings.batch(after, BATCH);
    for (const onboarding of batch) {
      for (const finding of await examine(doctor, onboarding)) yield { onboarding, ...finding };
    }
    const last = batch.at(-1);
    if (!last) return;
    after = last._id;
  }
}

type Detail = Omit<Finding, 'onboarding'>;

async function examine(doctor: Doctor, o: Onboarding): Promise<Detail[]> {
  const at = doctor.clock();
  return [
    ...stateFindings(o, at),
    ...(await workflowFindings(doctor, o, at)),
    ...messageFindings(o, await doctor.store.messages.of(o._id), at),
    ...(await auditFindings(doctor, o)),
  ];
}

function stateFindings(o: Onboarding, at: Date): Detail[] {
  const since = (problem: Problem, moment: Date | undefined) =>
    moment && at > later(moment, MENDED_BY) ? [{ problem, detail: `since ${moment.toISOString()}` }] : [];
  return [
    ...since('not-told', o.untoldSince),
    ...since('overdue', o.dueAt),
    ...since('not-filed', o.unfiledSince),
    ...since('not-erased', o.erasing && o.stageSince),
  ];
}

async function workflowFindings({ gateway, policy }: Doctor, o: Onboarding, at: Date): Promise<Detail[]> {
  const retained = o.stage === 'blocked' && at < later(o.blockedAt ?? o.stageSince, policy.blockedRetention);
  if (!OPEN.has(o.stage) && !retained) return [];
  // A step that was just taken is still on its way to the workflow, or the workflow just ended on its way here.
  if (o.untoldSince && at <= later(o.untoldSince, MENDED_BY)) return [];
  const attempt = `attempt ${o.attempt}`;
  try {
    const seen = await gateway.seen(o, PATIENCE);
    if (!seen) return [{ problem: 'workflow-missing', detail: attempt }];
    return seen.status === 'RUNNING'
      ? []
      : [{ problem: 'workflow-ended', detail: `${attempt} ${seen.status}` }];
  } catch {
    return [{ problem: 'temporal-silent', detail: attempt }];
  }
}

function messageFindings(o: Onboarding, messages: readonly Message[], at: Date): Detail[] {
  const newest = new Map<string, Message>();
  for (const message of messages) {
    const what = `${message.about}.${message.kind}`;
    if (isAwaited(o, message, at) && !newest.has(what)) newest.set(what, message);
  }
  return [...newest.values()].flatMap(({ _id, state, failure, createdAt }): Detail[] => {
    const detail = [_id, failure].filter(Boolean).join(' ');
    if (state === 'failed') return [{ problem: 'message-refused', detail }];
    const waits = state === 'queued' && at > later(createdAt, MESSAGE_MAY_WAIT);
    return waits ? [{ problem: 'message-waiting', detail }] : [];
  });
}

/** Whether the stage still waits for a message: one about an older link or code hurts nobody any more. */
function isAwaited(
  { stage, linkId, challenge, notices }: Onboarding,
  { about, kind }: Message,
  at: Date,
): boolean {
  if (about === linkId) return kind === 'blocked' ? stage === 'blocked' : OPEN.has(stage);
  if (about === challenge?.id) return !challenge.consumedAt && challenge.expiresAt > at;
  return notices.some(({ id }) => id === about);
}

async function auditFindings({ store }: Doctor, o: Onboarding): Promise<Detail[]> {
  const broken = await store.audit.firstBreak(o._id);
  if (broken !== undefined) return [{ problem: 'audit-broken', detail: broken }];
  const rows: Pick<AuditRow, 'seq'>[] = await store.audit.of(o._id);
  const known = new Set([...rows, ...o.outbox].map(({ seq }) => seq));
  // A chain whose end was cut off is whole in itself: only the onboarding knows how long it should be.
  for (let seq = 1; seq <= o.seq; seq++) {
    if (!known.has(seq)) return [{ problem: 'audit-short', detail: `event ${seq} of ${o.seq} is missing` }];
  }
  return [];
}

/** Does what the sweeper would do. @returns false where only a person can help. */
export async function repair(
  { store, gateway, clock }: Pick<Doctor, 'store' | 'gateway' | 'clock'>,
  { onboarding: o, problem }: Finding,
): Promise<boolean> {
  switch (problem) {
    case 'not-told':
    case 'overdue':
    case 'workflow-missing':
      await gateway.nudge(o);
      await store.onboardings.markTold(o._id, o.seq);
      return true;
    case 'not-filed':
      await store.audit.file([o], clock());
      await store.onboardings.markFiled([o]);
      return true;
    case 'not-erased':
      await store.erasure.eraseTraces(o._id);
      return true;
    default:
      return false;
  }
}
