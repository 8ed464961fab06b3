import { trusted } from 'mongoose';
import type { Onboarding, Stage } from './facts.js';
import type { Policy } from './policy.js';
import { later } from './steps/step.js';

/**
 * The stage as it counts at a moment, whatever has been written by then: a deadline holds even when everything was down
 * (SECURITY.md row 15). `at` is the time of receipt of the request in question. Where no verification mail was ever accepted there is
 * no `verifyBy`, and what counts is `dueAt`, which has the grace in it that the other deadlines have beside them.
 */
export function effectiveStage(onboarding: Onboarding, at: Date): Stage {
  if (onboarding.stage === 'verifying') {
    const { verifyBy, dueAt } = onboarding;
    const end = verifyBy ?? dueAt;
    if (end && at > end) return 'blocked';
  }
  if (onboarding.stage === 'invited' && at > onboarding.inviteBy) return 'expired';
  return onboarding.stage;
}

/** `effectiveStage` as a condition: a deadline that has passed counts, whatever has been written. */
export function atStage(stage: Stage, at: Date): Record<string, unknown> {
  const passed = trusted({ $lt: at });
  const ahead = trusted({ $gte: at });
  const absent = trusted({ $exists: false });
  switch (stage) {
    case 'invited':
      return { stage, inviteBy: ahead };
    case 'expired':
      return anyOf({ stage }, { stage: 'invited', inviteBy: passed });
    case 'verifying':
      return anyOf(
        { stage, verifyBy: ahead },
        { stage, verifyBy: absent, dueAt: ahead },
        { stage, verifyBy: absent, dueAt: absent },
      );
    case 'blocked':
      return anyOf(
        { stage },
        { stage: 'verifying', verifyBy: passed },
        { stage: 'verifying', verifyBy: absent, dueAt: passed },
      );
    default:
      return { stage };
  }
}

const anyOf = (...conditions: Record<string, unknown>[]) => ({ $or: conditions });

/** When the block is due: after the verification deadline, or long after the window opened where no mail was ever accepted. */
export function blockAt(o: Onboarding, policy: Policy): Date {
  const deadline = o.verifyBy ?? later(o.stageSince, policy.unverifiedLimit);
  return later(deadline, policy.blockGrace);
}
