import type { Onboarding } from '../store/facts.js';
import type { Outcome } from '../store/onboardings.js';
import { eraseAgain, type Revival, revive } from '../store/steps.js';
import type { AdminServices } from './command.js';
import type { Finding } from './diagnose.js';
import { unusedAttempt } from './workflow-findings.js';

type Doctor = Pick<AdminServices, 'store' | 'policy' | 'gateway' | 'clock'>;

/** Does what the sweeper would do, and has another workflow take over where none can go on. @returns false where only a person can help. */
export async function repair(doctor: Doctor, { onboarding: o, problem }: Finding): Promise<boolean> {
  const { store, policy, gateway, clock } = doctor;
  switch (problem) {
    case 'not-told':
    case 'overdue':
    case 'workflow-missing':
    case 'workflow-behind':
    case 'message-waiting':
      await gateway.nudge(o);
      await store.onboardings.markTold(o._id, o.seq);
      return true;
    case 'workflow-ended':
    case 'workflow-ahead':
      return takeOver(doctor, o, (revival) => store.onboardings.take(o._id, revive(revival)));
    case 'was-erased':
      return takeOver(doctor, o, (revival) => store.erasure.decide(o._id, eraseAgain(revival, policy)));
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

/** @returns false where it has moved on meanwhile: the next run looks again. */
async function takeOver(
  { store, gateway, clock }: Doctor,
  { _id, attempt: before, seq }: Onboarding,
  take: (revival: Revival) => Promise<Outcome>,
): Promise<boolean> {
  const attempt = await unusedAttempt(gateway, { _id, attempt: before });
  const outcome = await take({ attempt, seq, at: clock() });
  if (!outcome.done) return false;
  const { onboarding } = outcome;
  // Those of before that still run learn that they are superseded.
  for (let each = before; each <= attempt; each++) await gateway.nudge({ ...onboarding, attempt: each });
  await store.onboardings.markTold(_id, onboarding.seq);
  return true;
}
