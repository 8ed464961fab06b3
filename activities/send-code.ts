import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { codeText } from '../emails/index.js';
import type { Challenge, Onboarding } from '../store/facts.js';
import { acceptText, noteProblem } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Facts, factsOf } from './facts.js';
import { present } from './present.js';
import { ProviderError } from './providers/provider-error.js';
import { createTake } from './take.js';

export interface CodeInput {
  onboardingId: string;
  challengeId: string;
  /** Tells one "send again" from the next. */
  nth: number;
}

/**
 * Texts the code of a challenge while it is current, unconsumed and alive. A retry carries the same code.
 * @throws ApplicationFailure `text-unaccepted` (retryable) while the provider does not take it.
 */
export function sendCode(dependencies: ActivityDependencies) {
  const { store, policy, keyring, texter, clock, brand } = dependencies;
  const take = createTake(dependencies);

  return async function sendCode(input: CodeInput): Promise<Facts> {
    const { onboardingId, challengeId, nth } = input;
    const onboarding = present(await store.onboardings.find(onboardingId), onboardingId);
    const challenge = openChallenge(onboarding, input, clock());
    const code = challenge && keyring.recallCode(challenge);
    if (!challenge || !code) return factsOf(onboarding, policy);

    const messageId = `${challengeId}.code.${nth}`;
    const message = await store.messages.begin(
      {
        _id: messageId,
        onboardingId,
        channel: 'text',
        kind: 'code',
        about: challengeId,
        askedAt: challenge.lastSendAt,
      },
      clock(),
    );
    // A delivery report may know of an acceptance whose answer was lost.
    if (message.state === 'failed') return factsOf(onboarding, policy);
    if (message.state !== 'queued') return accepted(input, messageId);
    try {
      const { providerId } = await texter.send({
        to: challenge.number,
        text: codeText({
          code,
          brandName: brand.brandName,
          domain: new URL(brand.publicUrl).hostname,
          locale: onboarding.locale,
        }),
        statusUrl: `${brand.publicUrl}/callbacks/plivo/message-status/${messageId}`,
      });
      await store.messages.advance(messageId, 'accepted', { acceptedAt: clock(), providerId });
    } catch (error) {
      return unaccepted(input, messageId, error);
    }
    return accepted(input, messageId);
  };

  async function accepted({ onboardingId, challengeId }: CodeInput, messageId: string): Promise<Facts> {
    const outcome = await store.onboardings.take(onboardingId, acceptText({ challengeId, at: clock() }));
    const facts = factsOf(present(outcome.onboarding, onboardingId), policy);
    if (!outcome.done || outcome.repeated) return facts;
    // A report of its failure may have come in between, and what it called for must stand.
    const message = await store.messages.find(messageId);
    return message?.state === 'failed' ? callSupport(onboardingId, challengeId) : facts;
  }

  async function callSupport(onboardingId: string, challengeId: string): Promise<Facts> {
    const judge = noteProblem({ problem: 'text-undeliverable', about: challengeId, at: clock() });
    return take(onboardingId, judge);
  }

  async function unaccepted(input: CodeInput, messageId: string, error: unknown): Promise<Facts> {
    const { onboardingId, challengeId } = input;
    const failure = error instanceof ProviderError ? error : undefined;
    await store.messages.noteFailure(messageId, failure?.code ?? 'internal');
    const refused = failure?.kind === 'refused';
    // Both by Temporal's clock: this machine's may be ahead.
    const { currentAttemptScheduledTimestampMs, scheduledTimestampMs } = activityInfo();
    const lasting = currentAttemptScheduledTimestampMs - scheduledTimestampMs > policy.codeLifetime / 2;
    if (refused || lasting) {
      const facts = await callSupport(onboardingId, challengeId);
      if (refused) {
        // Last: an attempt that finds the message failed has nothing left to do.
        await store.messages.advance(messageId, 'failed');
        return facts;
      }
    }
    throw ApplicationFailure.create({
      message: `The provider did not accept ${messageId}`,
      type: 'text-unaccepted',
      ...(failure?.retryAfterSeconds && { nextRetryDelay: `${failure.retryAfterSeconds}s` }),
    });
  }
}

function openChallenge(
  onboarding: Onboarding,
  { challengeId, nth }: CodeInput,
  at: Date,
): Challenge | undefined {
  const { challenge, stage } = onboarding;
  if (challenge?.id !== challengeId || challenge.consumedAt || challenge.expiresAt <= at) return undefined;
  // Asked for again while this one was not out: one text is enough.
  if (challenge.sends > nth) return undefined;
  const stageOf = challenge.purpose === 'enrolment' ? 'confirming' : 'active';
  return stage === stageOf ? challenge : undefined;
}
