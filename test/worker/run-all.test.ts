import assert from 'node:assert/strict';
import type { State } from '@temporalio/worker';
import { runAll } from '../../worker/run-all.js';

/** As the SDK's: runs until it is told to end. */
function fakeWorker() {
  let state: State = 'INITIALIZED';
  let end = () => {};
  let fail = (_: Error) => {};
  const ended = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  return {
    getState: () => state,
    run: async () => {
      state = 'RUNNING';
      await ended.finally(() => {
        state = 'STOPPED';
      });
    },
    shutdown: () => end(),
    fail: (error: Error) => {
      state = 'FAILED';
      fail(error);
    },
  };
}

describe('workers that run together', () => {
  it('end together when they are told to', async () => {
    const workers = [fakeWorker(), fakeWorker()];
    const all = runAll(workers);
    for (const worker of workers) worker.shutdown();
    await all;
  });

  it('have all ended when one has failed, and its error is the one that is told', async () => {
    const workers = [fakeWorker(), fakeWorker(), fakeWorker()];
    const all = runAll(workers);
    workers[1]?.fail(new Error('No namespace of this name'));
    await assert.rejects(all, /No namespace of this name/);
    assert.deepEqual(
      workers.map(({ getState }) => getState()),
      ['STOPPED', 'STOPPED', 'STOPPED'],
    );
  });
});
