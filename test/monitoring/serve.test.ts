import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { serveMonitoring } from '../../monitoring/serve.js';
import { areAtWork } from '../../worker/at-work.js';

type Status = ReturnType<Parameters<typeof areAtWork>[0][number]['getStatus']>;

const worker = (status: Partial<Status>) => ({
  getStatus: () =>
    ({
      runState: 'RUNNING',
      hasOutstandingWorkflowPoll: false,
      hasOutstandingActivityPoll: true,
      numInFlightWorkflowActivations: 0,
      numInFlightActivities: 0,
      ...status,
    }) as Status,
});

describe('the door for whoever watches', () => {
  it('answers for the process, and fails its health where the process does', async () => {
    let healthy = true;
    const server = await serveMonitoring({
      port: 0,
      host: '127.0.0.1',
      metrics: async () => 'one 1\n',
      isHealthy: () => healthy,
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      assert.equal(await (await fetch(`${origin}/metrics`)).text(), 'one 1\n');
      assert.equal((await fetch(`${origin}/healthz`)).status, 200);
      healthy = false;
      assert.equal((await fetch(`${origin}/healthz`)).status, 503);
      assert.equal((await fetch(`${origin}/dashboard`)).status, 404);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  for (const [what, workers, healthy] of [
    ['every worker asks for work', [worker({}), worker({})], true],
    [
      'one has its hands full',
      [worker({ hasOutstandingActivityPoll: false, numInFlightActivities: 10 })],
      true,
    ],
    ['one neither asks nor works', [worker({}), worker({ hasOutstandingActivityPoll: false })], false],
    ['one has failed', [worker({ runState: 'FAILED' })], false],
    ['one is on its way down', [worker({ runState: 'DRAINING' })], false],
  ] as const) {
    it(`${healthy ? 'is well' : 'is not well'} where ${what}`, () => {
      assert.equal(areAtWork(workers), healthy);
    });
  }
});
