import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beating } from '../../activities/beating.js';

const beatsOf = (environment: MockActivityEnvironment, times: number): Promise<void> =>
  new Promise((resolve) => {
    let beats = 0;
    environment.on('heartbeat', () => {
      beats++;
      if (beats === times) resolve();
    });
  });

describe('a round', () => {
  it('says that it is at work for as long as it is, and hands on what it made', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
    const counts = await environment.run(
      beating(async () => {
        await beatsOf(environment, 3);
        return { filed: 7 };
      }),
    );
    assert.deepEqual(counts, { filed: 7 });
  });

  it('says nothing more once it has failed', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
    const round = beating(() => Promise.reject(new Error('The database is away')));
    await assert.rejects(environment.run(round), /is away/);
    let beats = 0;
    environment.on('heartbeat', () => beats++);
    // As long as another one takes to say so three times.
    const another = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
    await another.run(beating(() => beatsOf(another, 3)));
    assert.equal(beats, 0);
  });
});
