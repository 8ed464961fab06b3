import assert from 'node:assert/strict';
import { factsOf } from '../../activities/facts.js';
import { DEFAULT_POLICY, type Policy } from '../../store/policy.js';
import { DAY, onboardingAt, sinceT0, T0 } from '../support/onboardings.js';

const HOUR = DAY / 24;

describe('when a reminder goes out', () => {
  const remindAt = (o: Parameters<typeof factsOf>[0], more: Partial<Policy> = {}) =>
    factsOf(o, { ...DEFAULT_POLICY, ...more }).remindAt;

  it('is never when the invitation is over', () => {
    const of = (inviteExpiry: number) =>
      remindAt(onboardingAt('invited', { inviteBy: sinceT0(inviteExpiry) }), { inviteExpiry });
    const reminders = DEFAULT_POLICY.inviteReminders.map((after) => T0.getTime() + after);
    assert.deepEqual(of(DEFAULT_POLICY.inviteExpiry), reminders);
    const [first = 0, second = 0] = DEFAULT_POLICY.inviteReminders;
    assert.deepEqual(of(second), reminders.slice(0, 1));
    assert.deepEqual(of(first), []);
  });

  it('is not at once after the verification mail, where there is hardly longer than the reminder is before the end', () => {
    const { verifyReminder } = DEFAULT_POLICY;
    const of = (verifyWindow: number) =>
      remindAt(onboardingAt('verifying', { verifyBy: sinceT0(verifyWindow) }), { verifyWindow });
    assert.deepEqual(of(DAY), [T0.getTime() + DAY - verifyReminder]);
    assert.equal(of(verifyReminder), undefined);
  });

  it('is a day after support removed the number of somebody who had been in, however long ago that was', () => {
    const removedAt = sinceT0(90 * DAY);
    const o = onboardingAt('enrolling', {
      verifiedAt: T0,
      activatedAt: sinceT0(HOUR),
      stageSince: removedAt,
    });
    assert.deepEqual(remindAt(o), [removedAt.getTime() + DEFAULT_POLICY.enrolReminder]);
    assert.deepEqual(remindAt(onboardingAt('enrolling', { verifiedAt: T0 })), [
      T0.getTime() + DEFAULT_POLICY.enrolReminder,
    ]);
  });
});
