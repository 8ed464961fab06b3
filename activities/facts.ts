import { blockAt } from '../store/deadlines.js';
import type { Onboarding, Stage } from '../store/facts.js';
import type { Policy } from '../store/policy.js';
import { isPhoneProven, later } from '../store/steps.js';

export type { Stage };

/**
 * What the workflow may know of an onboarding: ids, times (milliseconds since the epoch) and a stage. Every activity answers
 * with them, so that the workflow goes on from what is true now. Kept small: each copy stands in the history.
 */
export interface Facts {
  stage: Stage;
  seq: number;
  /** The link or challenge that the stage is about. */
  about?: string;
  /** How often its message was asked for. */
  nth?: number;
  /** When the workflow acts by itself if nothing has happened: expiry or block. */
  dueAt?: number;
  /** When reminders go out. */
  remindAt?: number[];
  /** The texted code was right; what it unlocks is still locked. */
  confirmed?: true;
  /** The link was made by support's new window. */
  reopened?: true;
  /** Somebody has to help: a message cannot be brought. */
  stuck?: true;
  /** Erased, but for traces outside of the document. */
  erasing?: true;
  /** Which workflow goes on with it; absent: the first. */
  attempt?: number;
}

export function factsOf(o: Onboarding, policy: Policy): Facts {
  return {
    stage: o.stage,
    seq: o.seq,
    ...(o.attempt > 1 && { attempt: o.attempt }),
    ...(o.needsSupport && { stuck: true as const }),
    ...stageFacts(o, policy),
  };
}

function stageFacts(o: Onboarding, policy: Policy): Omit<Facts, 'stage' | 'seq'> {
  switch (o.stage) {
    case 'invited':
      return {
        ...currentLink(o),
        dueAt: later(o.inviteBy, policy.blockGrace).getTime(),
        // A corrected address is invited anew. Where invitations are short, none is reminded of when it is over.
        remindAt: policy.inviteReminders
          .map((after) => o.stageSince.getTime() + after)
          .filter((at) => at < o.inviteBy.getTime()),
      };
    case 'verifying':
      return {
        ...currentLink(o),
        dueAt: blockAt(o, policy).getTime(),
        // In a short window the mail itself is as near to its end.
        ...(o.verifyBy &&
          policy.verifyReminder < policy.verifyWindow && {
            remindAt: [o.verifyBy.getTime() - policy.verifyReminder],
          }),
      };
    case 'enrolling':
    case 'confirming':
      return {
        ...currentChallenge(o),
        ...enrolmentReminder(o, policy),
        ...(isPhoneProven(o) && { confirmed: true as const }),
      };
    case 'blocked':
      return { ...currentLink(o), dueAt: (o.blockedAt ?? o.stageSince).getTime() + policy.blockedRetention };
    case 'erased':
      return o.erasing ? { erasing: true } : {};
    default:
      return {};
  }
}

/** A day after the address was verified; of somebody who had been in, after support has removed the number or another was entered. */
function enrolmentReminder(
  { verifiedAt, activatedAt, stageSince }: Onboarding,
  { enrolReminder }: Policy,
): Pick<Facts, 'remindAt'> {
  const since = activatedAt ? stageSince : verifiedAt;
  return since ? { remindAt: [since.getTime() + enrolReminder] } : {};
}

function currentLink({ links, linkId }: Onboarding): Pick<Facts, 'about' | 'nth' | 'reopened'> {
  const link = links.find(({ id }) => id === linkId);
  return link ? { about: link.id, nth: link.sends, ...(link.reopened && { reopened: true }) } : {};
}

function currentChallenge({ challenge }: Onboarding): Pick<Facts, 'about' | 'nth'> {
  return challenge ? { about: challenge.id, nth: challenge.sends } : {};
}
