import assert from 'node:assert/strict';
import { STUCK_REASONS, suggestionFor, whyStuck } from '../../api/support/why-stuck.js';
import { isAction } from '../../api/support/wording.js';
import { mayTake, stageAfter } from '../../store/actions.js';
import { effectiveStage } from '../../store/deadlines.js';
import { type Onboarding, STAGES } from '../../store/facts.js';
import type { Message } from '../../store/messages.js';
import { challengeOf, DAY, onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';

const MINUTE = 60 * SECOND;

function messageOf(about: string | undefined, more: Partial<Message> = {}): Message {
  return {
    _id: 'message',
    onboardingId: 'onboarding',
    channel: 'mail',
    kind: 'verification',
    about: about ?? '',
    state: 'accepted',
    rank: 1,
    attempts: 1,
    createdAt: T0,
    ...more,
  };
}

const textOf = (o: Onboarding, more: Partial<Message> = {}) =>
  messageOf(o.challenge?.id, { channel: 'text', kind: 'code', ...more });

const reasonOf = (onboarding: Onboarding, at: Date, ...messages: Message[]) =>
  whyStuck({ onboarding, messages, at })?.reason;

describe('why somebody is stuck', () => {
  it('is nothing while all goes well', () => {
    for (const stage of ['invited', 'verifying', 'enrolling', 'confirming', 'active'] as const) {
      const o = onboardingAt(stage);
      const about = stage === 'confirming' ? textOf(o) : messageOf(o.linkId);
      assert.equal(reasonOf(o, sinceT0(5 * MINUTE), about), undefined, stage);
    }
    assert.equal(reasonOf(onboardingAt('erased'), sinceT0(DAY)), undefined);
  });

  it('is the end of the stage, also before it was written', () => {
    assert.equal(reasonOf(onboardingAt('revoked'), T0), 'invitation-revoked');
    assert.equal(reasonOf(onboardingAt('expired'), T0), 'invitation-expired');
    assert.equal(reasonOf(onboardingAt('invited'), sinceT0(8 * DAY)), 'invitation-expired');
    assert.equal(reasonOf(onboardingAt('suspended'), T0), 'suspended');
    assert.equal(reasonOf(onboardingAt('blocked'), sinceT0(2 * DAY)), 'blocked-not-verified');
    assert.equal(reasonOf(onboardingAt('verifying'), sinceT0(DAY + SECOND)), 'blocked-not-verified');
    const never = onboardingAt('blocked');
    delete never.verifyBy;
    assert.equal(reasonOf(never, sinceT0(8 * DAY)), 'blocked-mail-never-accepted');
  });

  it('is a message that was refused, or that waits for longer than a minute', () => {
    const o = onboardingAt('verifying');
    const refused = messageOf(o.linkId, { state: 'failed', failure: '550' });
    assert.deepEqual(whyStuck({ onboarding: o, messages: [refused], at: T0 }), {
      reason: 'mail-refused',
      suggestion: 'correct-email',
      since: T0,
      failure: '550',
    });
    const queued = messageOf(o.linkId, { state: 'queued' });
    assert.equal(reasonOf(o, sinceT0(59 * SECOND), queued), undefined);
    assert.equal(reasonOf(o, sinceT0(MINUTE), queued), 'mail-waiting');
    const confirming = onboardingAt('confirming');
    assert.equal(reasonOf(confirming, T0, textOf(confirming, { state: 'failed' })), 'text-refused');
    assert.equal(
      reasonOf(confirming, sinceT0(MINUTE), textOf(confirming, { state: 'queued' })),
      'text-waiting',
    );
  });

  it('is not a message about an older link, or one that another has followed', () => {
    const o = onboardingAt('verifying');
    const older = messageOf(o.links[0]?.id, { state: 'failed', kind: 'invitation' });
    assert.equal(reasonOf(o, sinceT0(MINUTE), messageOf(o.linkId), older), undefined);
    const first = messageOf(o.linkId, { state: 'failed' });
    assert.equal(reasonOf(o, sinceT0(MINUTE), messageOf(o.linkId), first), undefined);
  });

  it('is a worker or Temporal that does nothing', () => {
    const o = onboardingAt('verifying', { untoldSince: T0 });
    assert.equal(reasonOf(o, sinceT0(30 * SECOND), messageOf(o.linkId)), undefined);
    assert.equal(reasonOf(o, sinceT0(MINUTE), messageOf(o.linkId)), 'not-told');
    const silent = onboardingAt('verifying');
    assert.equal(reasonOf(silent, sinceT0(MINUTE)), 'not-begun');
    const overdue = onboardingAt('enrolling', { dueAt: T0 });
    assert.equal(reasonOf(overdue, sinceT0(MINUTE)), 'overdue');
    const proven = onboardingAt('confirming', { challenge: challengeOf({ consumedAt: T0 }) });
    assert.equal(reasonOf(proven, sinceT0(30 * SECOND)), undefined);
    assert.equal(reasonOf(proven, sinceT0(MINUTE)), 'not-unlocked');
  });

  it('is a lock, with its end, or a code that is used up or has run out', () => {
    const lockedUntil = sinceT0(3_600 * SECOND);
    const locked = onboardingAt('confirming', { lockedUntil });
    assert.deepEqual(whyStuck({ onboarding: locked, messages: [textOf(locked)], at: T0 }), {
      reason: 'code-locked',
      suggestion: 'unlock',
      since: T0,
      until: lockedUntil,
    });
    const spent = onboardingAt('confirming', { challenge: challengeOf({ triesLeft: 0 }) });
    assert.equal(reasonOf(spent, T0, textOf(spent)), 'code-spent');
    const old = onboardingAt('confirming');
    assert.equal(reasonOf(old, sinceT0(11 * MINUTE), textOf(old, { state: 'queued' })), 'code-expired');
  });

  it('suggests only what support can do at that stage', () => {
    const seen = new Set<string>();
    const messages = (o: Onboarding) => [
      [messageOf(o.linkId, { state: 'failed' })],
      [textOf(o, { state: 'failed' })],
      [],
    ];
    const lockedUntil = sinceT0(10 * DAY);
    const people = STAGES.flatMap((stage) => {
      const facts = stage === 'active' ? { challenge: challengeOf({ purpose: 'sign-in' }) } : {};
      return [onboardingAt(stage, facts), onboardingAt(stage, { ...facts, lockedUntil })];
    });
    for (const o of people) {
      const { stage } = o;
      for (const sent of messages(o)) {
        for (const at of [T0, sinceT0(MINUTE), sinceT0(9 * DAY)]) {
          const stuck = whyStuck({ onboarding: o, messages: sent, at });
          if (!stuck || !isAction(stuck.suggestion)) continue;
          seen.add(stuck.reason);
          assert.ok(mayTake(stuck.suggestion, { kind: 'support' }));
          assert.ok(stageAfter(stuck.suggestion, effectiveStage(o, at)), `${stuck.reason} at ${stage}`);
        }
      }
    }
    const withAction = STUCK_REASONS.filter((reason) => isAction(suggestionFor(reason)));
    assert.deepEqual(
      [...seen].sort(),
      withAction.filter((reason) => reason !== 'blocked-mail-never-accepted').sort(),
    );
  });
});
