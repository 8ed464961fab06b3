import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { present } from '../../activities/present.js';
import { onboardingAt } from '../support/onboardings.js';

describe('what a workflow is about', () => {
  const look = (attempt: number, document?: object) =>
    new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR', () => {}) }).run(async () =>
      present(document, 'one-id'),
    );

  it('is answered as it is', async () => {
    const onboarding = onboardingAt('invited');
    assert.equal(await look(1, onboarding), onboarding);
  });

  for (const [attempt, isLast] of [
    [1, false],
    [24, false],
    [25, true],
  ] as const) {
    it(`is ${isLast ? 'given up' : 'looked for again'} where it is missing at try ${attempt}`, async () => {
      await assert.rejects(look(attempt), (error) => {
        assert.ok(error instanceof ApplicationFailure);
        assert.equal(error.message, 'Not in the database: one-id');
        assert.deepEqual([error.type, error.nonRetryable], ['not-found', isLast]);
        return true;
      });
    });
  }
});
