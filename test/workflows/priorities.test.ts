import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporal, type TemporalService } from '../../dev/services/temporal.js';
import { createGateway } from '../../workflows/client/gateway.js';
import { ensureSchedules } from '../../workflows/client/schedules.js';
import { TASK_QUEUES } from '../../workflows/messages.js';
import { eventually } from '../support/eventually.js';

const DAY = 24 * 3_600_000;
const namespace = 'default';
const taskQueue = { name: TASK_QUEUES.onboarding };
/** TASK_QUEUE_TYPE_WORKFLOW (temporal.api.enums.v1). */
const WORKFLOWS = 1;
/** Each part of a queue has an order of its own: of one part, and the order is that of the queue. */
const ONE_PART = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

describe('of all that waits for a worker', function () {
  this.timeout(60_000);
  let dataDir: string;
  let server: TemporalService;
  let connection: Connection;
  let client: Client;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'onboarding-priorities-'));
    server = await startTemporal({ dataDir, env: process.env, report: () => {}, dynamicConfig: ONE_PART });
    connection = await Connection.connect({ address: server.address });
    client = new Client({ connection });
  });
  after(async () => {
    await connection?.close();
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Workflow tasks that wait, of this priority. */
  async function backlog(priorityKey: number): Promise<number> {
    const { statsByPriorityKey } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue,
      taskQueueType: WORKFLOWS,
      reportStats: true,
    });
    return Number(statsByPriorityKey?.[priorityKey]?.approximateBacklogCount ?? 0);
  }

  /** Which workflow a worker is given next. */
  async function next(): Promise<string> {
    const { workflowExecution } = await client.withDeadline(Date.now() + 10_000, () =>
      client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'test' }),
    );
    return workflowExecution?.workflowId ?? '';
  }

  it('a round of the sweeper begins first, then the text for somebody who signs in', async () => {
    const many = Array.from({ length: 20 }, (): string => randomUUID());
    await Promise.all(
      many.map((workflowId) => client.workflow.start('sweep', { workflowId, taskQueue: taskQueue.name })),
    );
    const challenge = { id: randomUUID(), purpose: 'sign-in', sends: 1 };
    const facts = { _id: randomUUID(), attempt: 1, teamId: 'team', stage: 'active', notices: [], challenge };
    await createGateway(client).nudge(facts);
    await ensureSchedules(client, { sweep: 300 * DAY, retention: 300 * DAY });
    await client.schedule.getHandle('sweeper').trigger();
    await eventually('everything waits', async () => {
      const waiting = await Promise.all([1, 2, 3].map(backlog));
      return waiting.join() === `1,1,${many.length}`;
    });
    assert.match(await next(), /^sweeper-workflow-/);
    assert.equal(await next(), `sign-in-code-${challenge.id}-1`);
    assert.ok(many.includes(await next()));
  });
});
