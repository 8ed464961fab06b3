import assert from 'node:assert/strict';
import { inWholeUnits } from '../../store/policy.js';
import { DAY, SECOND } from '../support/onboardings.js';
import { HOUR, MINUTE } from '../support/skipping.js';

describe('a span of time', () => {
  it('is told in the largest unit of which it is several', () => {
    assert.deepEqual(inWholeUnits(DAY), { length: 24, unit: 'hour' });
    assert.deepEqual(inWholeUnits(7 * DAY), { length: 7, unit: 'day' });
    assert.deepEqual(inWholeUnits(HOUR), { length: 60, unit: 'minute' });
    assert.deepEqual(inWholeUnits(90 * MINUTE), { length: 90, unit: 'minute' });
    assert.deepEqual(inWholeUnits(20 * SECOND), { length: 20, unit: 'second' });
    assert.deepEqual(inWholeUnits(MINUTE + SECOND), { length: 61, unit: 'second' });
  });
});
