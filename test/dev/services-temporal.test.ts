import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { startTemporal, type TemporalService } from '../../dev/services/temporal.js';
import { timeSkippingServerPath } from '../../dev/services/time-skipping.js';
import { newDir } from './services-support.js';

describe('the local Temporal', function () {
  this.timeout(120_000); // the first start may fetch it

  let dataDir: string;
  let temporal: TemporalService | undefined;
  before(() => {
    dataDir = newDir();
  });
  after(async () => {
    await temporal?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = (port?: number) =>
    startTemporal({ dataDir, ...(port && { port }), uiPort: 0, env: process.env, report: () => {} });

  it('takes search attributes at once, and after a kill continues every workflow on the same port', async () => {
    const first = await start();
    temporal = first;
    await withClient(first, async (client) => {
      await startWorkflow(client);
      assert.equal((await fetch(String(first.uiUrl))).status, 200);
    });
    await first.kill();
    temporal = await start(Number(first.address.split(':')[1]));
    assert.equal(temporal.address, first.address);

    await withClient(temporal, async (client) => {
      const description = await client.workflow.getHandle('onboarding-1').describe();
      assert.equal(description.status.name, 'RUNNING');
      assert.equal(description.typedSearchAttributes.get(stage), 'invited');
      await assert.rejects(startWorkflow(client), WorkflowExecutionAlreadyStartedError);
    });
  });
});

describe('the time-skipping test server', function () {
  this.timeout(120_000);

  it('is found once and then at once', async () => {
    const lines: string[] = [];
    const found = await timeSkippingServerPath({ env: process.env, report: () => {} });
    const again = await timeSkippingServerPath({ env: process.env, report: (line) => lines.push(line) });

    assert.equal(again, found);
    assert.equal(lines.length, 1);
  });
});

const stage = defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD);

function startWorkflow(client: Client) {
  return client.workflow.start('noWorkerRunsThis', {
    workflowId: 'onboarding-1',
    taskQueue: 'nobody',
    typedSearchAttributes: new TypedSearchAttributes([{ key: stage, value: 'invited' }]),
  });
}

async function withClient({ address }: TemporalService, use: (client: Client) => Promise<void>) {
  const connection = await Connection.connect({ address });
  try {
    await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
