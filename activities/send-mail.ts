import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type MailModels, renderMail } from '../emails/index.js';
import type { Onboarding, Problem } from '../store/facts.js';
import type { Message } from '../store/messages.js';
import { inWholeUnits } from '../store/policy.js';
import { acceptInvitationMail, acceptVerificationMail, later, noteProblem } from '../store/steps.js';
import type { Team } from '../store/teams.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Facts, factsOf } from './facts.js';
import { present } from './present.js';
import { ProviderError } from './providers/provider-error.js';
import { isOvertaken } from './reminders.js';
import { createTake } from './take.js';

/** The mails that the workflow sends. */
export type MailKind =
  | 'invitation'
  | 'invitation-reminder'
  | 'verification'
  | 'new-window'
  | 'verification-reminder'
  | 'enrolment-reminder'
  | 'blocked';

export interface MailInput {
  onboardingId: string;
  kind: MailKind;
  /** The link that the mail is about. */
  about: string;
  /** Tells one reminder, or one "send again", from the next. */
  nth: number;
}

/** A mail and the stage it belongs to: outside of it the mail is superseded and skipped. */
const STAGE_OF: Record<MailKind, readonly Onboarding['stage'][]> = {
  invitation: ['invited'],
  'invitation-reminder': ['invited'],
  verification: ['verifying'],
  'new-window': ['verifying'],
  'verification-reminder': ['verifying'],
  'enrolment-reminder': ['enrolling', 'confirming'],
  blocked: ['blocked'],
};

/** Mails that are sent again when they are asked for again: one that is not out by then leaves it to the next. */
const ASKED_FOR: readonly MailKind[] = ['invitation', 'verification', 'new-window'];

const PROBLEM_OF: Partial<Record<MailKind, Problem>> = {
  invitation: 'invitation-undeliverable',
  verification: 'verification-undeliverable',
  'new-window': 'verification-undeliverable',
};

/**
 * Sends one mail, unless it was accepted before or is superseded. What its acceptance starts (the 24 hours) is written after
 * the mail server has taken it; a crash in between is made good by the next attempt, with the same Message-ID.
 * @throws ApplicationFailure `mail-unaccepted` (retryable) while the mail server does not take it.
 */
export function sendMail(dependencies: ActivityDependencies) {
  const { store, policy, mailer, clock, brand } = dependencies;
  const take = createTake(dependencies);

  return async function sendMail(input: MailInput): Promise<Facts> {
    const { onboardingId, kind, about } = input;
    const onboarding = present(await store.onboardings.find(onboardingId), onboardingId);
    if (isSuperseded(onboarding, input) || (await isTooLate(onboarding, input)))
      return factsOf(onboarding, policy);

    const messageId = messageIdOf(onboarding, input);
    const message = await store.messages.begin(
      { _id: messageId, onboardingId, channel: 'mail', kind, about, ...askedAt(onboarding, kind) },
      clock(),
    );
    if (message.acceptedAt) return accepted(input, message.acceptedAt);
    if (message.state === 'failed') return factsOf(onboarding, policy);

    const team = await store.teams.find(onboarding.teamId);
    const mail = await compose(onboarding, kind, dependencies, team);
    try {
      await mailer.send({
        to: onboarding.email,
        ...mail,
        messageId: `<${messageId}@${new URL(brand.publicUrl).hostname}>`,
        locale: onboarding.locale,
      });
    } catch (error) {
      return unaccepted(input, messageId, error);
    }
    const at = clock();
    await store.messages.advance(messageId, 'accepted', { acceptedAt: at });
    return accepted(input, at);
  };

  async function isTooLate(o: Onboarding, { kind, about, nth }: MailInput): Promise<boolean> {
    if (kind !== 'invitation-reminder') return false;
    const { remindAt = [], nth: sends = 1 } = factsOf(o, policy);
    const acceptedAt = o.links.find(({ id }) => id === about)?.acceptedAt?.getTime();
    const invitation = await store.messages.find(messageIdOf(o, { kind: 'invitation', about, nth: sends }));
    const refused = invitation?.state === 'failed' ? 'never' : undefined;
    return isOvertaken({ nth, remindAt, invitationOut: acceptedAt ?? refused, at: clock().getTime() });
  }

  async function accepted({ onboardingId, kind, about }: MailInput, at: Date): Promise<Facts> {
    if (kind === 'invitation' || kind === 'invitation-reminder')
      return take(onboardingId, acceptInvitationMail({ linkId: about, at }));
    if (kind === 'verification' || kind === 'new-window')
      return take(onboardingId, acceptVerificationMail({ linkId: about, at }, policy));
    return factsOf(present(await store.onboardings.find(onboardingId), onboardingId), policy);
  }

  /** A permanent refusal ends the attempts; anything else is tried again, and support is told when it lasts. */
  async function unaccepted(input: MailInput, messageId: string, error: unknown): Promise<Facts> {
    const failure = error instanceof ProviderError ? error : undefined;
    await store.messages.noteFailure(messageId, failure?.code ?? 'internal');
    const refused = failure?.kind === 'refused';
    // Both by Temporal's clock: this machine's may be ahead.
    const { currentAttemptScheduledTimestampMs, scheduledTimestampMs } = activityInfo();
    const lasting = currentAttemptScheduledTimestampMs - scheduledTimestampMs > policy.undeliveredAfter;
    const problem = PROBLEM_OF[input.kind];
    if ((refused || lasting) && problem)
      await take(input.onboardingId, noteProblem({ problem, about: input.about, at: clock() }));
    if (!refused)
      throw ApplicationFailure.retryable(`The mail server did not accept ${messageId}`, 'mail-unaccepted');
    // Last: an attempt that finds the message failed has nothing left to do.
    await store.messages.advance(messageId, 'failed');
    return factsOf(present(await store.onboardings.find(input.onboardingId), input.onboardingId), policy);
  }
}

/** One reminder of the number after each verification, however many numbers and codes come after it. */
function messageIdOf(o: Onboarding, { kind, about, nth }: Omit<MailInput, 'onboardingId'>): string {
  if (kind !== 'enrolment-reminder') return `${about}.${kind}.${nth}`;
  return `${o.links.at(-1)?.id}.${kind}.${o.attempt}`;
}

/** When somebody asked for it; a reminder is asked for by nobody. */
function askedAt({ links, linkId }: Onboarding, kind: MailKind): Pick<Message, 'askedAt'> {
  const link = ASKED_FOR.includes(kind) && links.find(({ id }) => id === linkId);
  return link ? { askedAt: link.lastSendAt } : {};
}

function isSuperseded(onboarding: Onboarding, { kind, about, nth }: MailInput): boolean {
  if (!STAGE_OF[kind].includes(onboarding.stage)) return true;
  if (kind === 'enrolment-reminder') return false;
  if (onboarding.linkId !== about) return true;
  const { sends = 1 } = onboarding.links.find(({ id }) => id === about) ?? {};
  return ASKED_FOR.includes(kind) && sends > nth;
}

function compose(o: Onboarding, kind: MailKind, dependencies: ActivityDependencies, team: Team | null) {
  const { keyring, policy, clock, brand } = dependencies;
  const context = {
    ...brand,
    verifyWindow: inWholeUnits(policy.verifyWindow),
    timeZone: team?.timeZone ?? 'UTC',
    locale: o.locale,
  };
  const name = o.firstName === undefined ? {} : { firstName: o.firstName };
  const invitation = (): MailModels['invitation'] => ({
    ...name,
    inviterName: o.invitedBy.name,
    teamName: team?.name ?? brand.brandName,
    ...(o.message !== undefined && { message: o.message }),
    url: `${brand.publicUrl}/invite/${keyring.linkToken(o.linkId ?? '', 'invitation')}`,
    inviteBy: o.inviteBy,
  });
  const verification = (): MailModels['verification'] => ({
    ...name,
    url: `${brand.publicUrl}/verify/${keyring.linkToken(o.linkId ?? '', 'verification')}`,
    verifyBy: o.verifyBy ?? later(clock(), policy.verifyWindow),
  });
  switch (kind) {
    case 'invitation':
    case 'invitation-reminder':
      return renderMail(kind, invitation(), context);
    case 'verification':
    case 'new-window':
    case 'verification-reminder':
      return renderMail(kind, verification(), context);
    case 'enrolment-reminder':
      return renderMail(kind, { ...name, signInUrl: `${brand.publicUrl}/sign-in` }, context);
    case 'blocked':
      return renderMail(kind, name, context);
  }
}
