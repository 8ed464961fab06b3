import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createTeller } from '../../api/telling.js';
import { onboardingAt } from '../support/onboardings.js';

describe('telling the workflow', () => {
  const onboarding = onboardingAt('verifying');

  /** A Temporal that takes a nudge when told to, and a record of what was noted. */
  function aTeller(patience: number) {
    const events = new EventEmitter();
    const told: [string, number][] = [];
    const warnings: object[] = [];
    const tell = createTeller({
      store: {
        onboardings: {
          async markTold(id, seq) {
            told.push([id, seq]);
            events.emit('told');
          },
        },
      },
      gateway: {
        client: { withDeadline: (_deadline, work) => work() },
        nudge: async () => {
          await once(events, 'taken');
        },
      },
      log: { warn: (entry: object) => void warnings.push(entry) },
      patience,
    });
    return { tell, events, told, warnings };
  }

  it('lets the answer go when Temporal is slow, and goes on behind it', async () => {
    const { tell, events, told } = aTeller(1);
    await tell(onboarding);
    assert.deepEqual(told, []);
    const noted = once(events, 'told');
    events.emit('taken');
    await noted;
    assert.deepEqual(told, [[onboarding._id, onboarding.seq]]);
  });

  it('has told before the answer when Temporal is quick', async () => {
    const { tell, events, told } = aTeller(60_000);
    const telling = tell(onboarding);
    events.emit('taken');
    await telling;
    assert.deepEqual(told, [[onboarding._id, onboarding.seq]]);
  });

  it('leaves to the sweeper what Temporal does not take', async () => {
    const { tell, events, told, warnings } = aTeller(60_000);
    const telling = tell(onboarding);
    events.emit('error', new TypeError('unavailable'));
    await telling;
    assert.deepEqual(told, []);
    assert.deepEqual(warnings, [{ onboarding: onboarding._id, error: 'TypeError' }]);
  });
});
