import type { AuditRow } from '../store/audit.js';
import type { Onboarding } from '../store/facts.js';
import type { Message } from '../store/messages.js';
import { later } from '../store/steps.js';
import type { AdminServices } from './command.js';
import { MENDED_BY } from './patience.js';
import { isOpen, type WorkflowProblem, workflowFindings } from './workflow-findings.js';

export type Problem =
  | WorkflowProblem
  | 'not-told'
  | 'overdue'
  | 'not-filed'
  | 'not-erased'
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

/** Providers have their hiccups: a message may wait so long before it is worth a look. */
const MESSAGE_MAY_WAIT = 600_000;
const BATCH = 200;

/** Goes through all onboardings and yields what does not fit. Reads only. */
export async function* diagnose(doctor: Doctor): AsyncGenerator<Finding> {
  let after = '';
  for (;;) {
    const batch = await doctor.store.onboardings.batch(after, BATCH);
    for (const onboarding of batch) {
      for (const finding of await examine(doctor, onboarding)) yield finding;
    }
    const last = batch.at(-1);
    if (!last) return;
    after = last._id;
  }
}

type Detail = Omit<Finding, 'onboarding'>;

/** What has moved on between the reading of the document and that of the rest is looked at again. */
async function examine(doctor: Doctor, onboarding: Onboarding): Promise<Finding[]> {
  for (let o = onboarding; ; ) {
    const findings = await compare(doctor, o);
    const now = findings.length > 0 ? await doctor.store.onboardings.find(o._id) : o;
    if (!now || now.seq === o.seq) return findings.map((finding) => ({ onboarding: o, ...finding }));
    o = now;
  }
}

async function compare(doctor: Doctor, o: Onboarding): Promise<Detail[]> {
  const at = doctor.clock();
  const trail = await doctor.store.audit.of(o._id);
  // A step that was just taken is still on its way to the workflow, or the workflow just ended on its way here.
  const isOnItsWay = o.untoldSince && at <= later(o.untoldSince, MENDED_BY);
  const settled = !o.untoldSince && at > later(lastStepAt(o, trail), MENDED_BY);
  return [
    ...stateFindings(o, at),
    ...(isOnItsWay ? [] : await workflowFindings(doctor, o, { at, settled })),
    ...messageFindings(o, await doctor.store.messages.of(o._id), at),
    ...(await auditFindings(doctor, o, trail)),
  ];
}

const lastStepAt = ({ outbox, stageSince }: Onboarding, trail: readonly AuditRow[]): Date =>
  outbox.at(-1)?.at ?? trail.at(-1)?.at ?? stageSince;

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
  if (about === linkId) return kind === 'blocked' ? stage === 'blocked' : isOpen(stage);
  if (about === challenge?.id) return !challenge.consumedAt && challenge.expiresAt > at;
  return notices.some(({ id }) => id === about);
}

async function auditFindings(
  { store }: Doctor,
  o: Onboarding,
  trail: readonly AuditRow[],
): Promise<Detail[]> {
  const broken = await store.audit.firstBreak(o._id);
  if (broken !== undefined) return [{ problem: 'audit-broken', detail: broken }];
  const known = new Set([...trail, ...o.outbox].map(({ seq }) => seq));
  // A chain whose end was cut off is whole in itself: only the onboarding knows how long it should be.
  for (let seq = 1; seq <= o.seq; seq++) {
    if (!known.has(seq)) return [{ problem: 'audit-short', detail: `event ${seq} of ${o.seq} is missing` }];
  }
  return [];
}
