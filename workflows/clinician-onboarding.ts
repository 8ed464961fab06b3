import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Stage } from '../activities/facts.js';
import { Following } from './following.js';
import type { OnboardingInput } from './messages.js';

/**
 * One person's way in, however long it takes:
 *
 *     invited ──▶ verifying ──▶ enrolling ──▶ confirming ──▶ active
 *        │            │
 *     expired      blocked                  (and from anywhere: erased)
 *
 * MongoDB decides each step; this decides what happens next and when. Each stage sends what it needs and waits until
 * the facts have moved on. Ends when there is nothing left to wait for.
 */
export async function clinicianOnboarding(input: OnboardingInput): Promise<Stage | 'superseded'> {
  const onboarding = new Following(input.onboardingId, input.attempt);
  await onboarding.look();
  for (;;) {
    if (onboarding.superseded) return 'superseded';
    if (workflowInfo().continueAsNewSuggested && onboarding.idle && allHandlersFinished()) {
      return continueAsNew<typeof clinicianOnboarding>(input);
    }
    switch (onboarding.facts.stage) {
      case 'invited':
        await invited(onboarding);
        break;
      case 'verifying':
        await verifying(onboarding);
        break;
      case 'enrolling':
        await enrolling(onboarding);
        break;
      case 'confirming':
        await confirming(onboarding);
        break;
      case 'blocked':
        if (onboarding.isDue()) return 'blocked';
        await blocked(onboarding);
        break;
      case 'erased':
        if (onboarding.facts.erasing) await onboarding.decide('erase');
        // Whoever had the person erased waits to hear that it is done.
        await condition(allHandlersFinished);
        return 'erased';
      default:
        return onboarding.facts.stage;
    }
  }
}

async function invited(onboarding: Following): Promise<void> {
  onboarding.mail('invitation');
  if (onboarding.isDue()) return onboarding.decide('expireInvite');
  onboarding.remind('invitation-reminder');
  await onboarding.wait('Invited. Waiting for the account.');
}

async function verifying(onboarding: Following): Promise<void> {
  onboarding.mail(onboarding.facts.reopened ? 'new-window' : 'verification');
  if (onboarding.isDue()) return onboarding.decide('block');
  onboarding.remind('verification-reminder');
  await onboarding.wait('Account created. Waiting for the verification of the address.');
}

async function enrolling(onboarding: Following): Promise<void> {
  onboarding.remind('enrolment-reminder');
  await onboarding.wait('Address verified. Waiting for the mobile number.');
}

async function confirming(onboarding: Following): Promise<void> {
  if (onboarding.facts.confirmed) return onboarding.decide('activate');
  onboarding.textCode();
  onboarding.remind('enrolment-reminder');
  await onboarding.wait('Number entered. Waiting for the texted code.');
}

async function blocked(onboarding: Following): Promise<void> {
  onboarding.mail('blocked');
  await onboarding.wait('Blocked: not verified in time. Support can open a new window.');
}
