import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beating } from '../../activities/beating.js';

describe('a round', () => {
  it('says that it is at work for as long as it is, and hands on what it made', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
    let beats = 0;
    const threeBeats = new Promise<void>((resolve) => {
      environment.on('heartbeat', () => {
        beats++;
        if (beats === 3) resolve();
      });
    });
    const counts = await environment.run(
      beating(async () => {
        await threeBeats;
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
    await environment.run(beating(async () => {}));
    assert.equal(beats, 0);
  });
});
