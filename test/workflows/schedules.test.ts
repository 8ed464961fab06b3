import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { ensureSchedules } from '../../workflows/client/schedules.js';
import { eventually } from '../support/eventually.js';
import { sharedTemporal } from '../support/shared-services.js';

/** Intervals so long that no round begins while other tests run. */
const DAY = 24 * 3_600_000;
const NAMES = ['sweeper', 'filing', 'retention'];

describe('the Schedules', function () {
  this.timeout(60_000);
  let connection: Connection;
  let client: Client;
  before(async () => {
    connection = await Connection.connect({ address: (await sharedTemporal()).address });
    client = new Client({ connection });
  });
  after(async () => {
    for (const name of NAMES) await client.schedule.getHandle(name).delete();
    await connection.close();
  });

  const seen = async (name: string) => {
    const { spec, policies, action, state } = await client.schedule.getHandle(name).describe();
    const { workflowType, priority } = action;
    return {
      every: spec.intervals?.map(({ every }) => every),
      overlap: policies.overlap,
      workflowType,
      priority: priority?.priorityKey,
      paused: state.paused,
    };
  };

  it('are made once, by however many workers start, and never run two rounds at once', async () => {
    const every = { sweep: 300 * DAY, retention: 400 * DAY };
    await Promise.all([ensureSchedules(client, every), ensureSchedules(client, every)]);
    const expected = { overlap: 'SKIP', paused: false, priority: 1 };
    assert.deepEqual(await Promise.all(NAMES.map(seen)), [
      { ...expected, every: [every.sweep], workflowType: 'sweep' },
      { ...expected, every: [every.sweep], workflowType: 'filing' },
      { ...expected, every: [every.retention], workflowType: 'retention' },
    ]);
  });

  it('take the intervals that the configuration has now, and stay paused', async () => {
    await client.schedule.getHandle('retention').pause();
    await ensureSchedules(client, { sweep: 300 * DAY, retention: 500 * DAY });
    const changed = await eventually('the interval has changed', async () => {
      const now = await seen('retention');
      return now.every?.[0] === 500 * DAY && now;
    });
    assert.deepEqual([changed.paused, changed.overlap, changed.workflowType], [true, 'SKIP', 'retention']);
    assert.deepEqual((await seen('sweeper')).every, [300 * DAY]);
  });

  it('of before there were priorities are given theirs', async () => {
    await client.schedule
      .getHandle('filing')
      .update(({ action: { priority: _, ...action }, ...schedule }) => ({
        ...schedule,
        action,
      }));
    await eventually('its priority is gone', async () => (await seen('filing')).priority === undefined);
    await ensureSchedules(client, { sweep: 300 * DAY, retention: 500 * DAY });
    await eventually('it has its priority', async () => (await seen('filing')).priority === 1);
  });

  it('of an older version are given the times of this one', async () => {
    const sweeper = client.schedule.getHandle('sweeper');
    const times = async () => {
      const { policies, action } = await sweeper.describe();
      return [policies.catchupWindow, action.workflowExecutionTimeout];
    };
    const wanted = await times();
    await sweeper.update(({ policies, action, ...schedule }) => ({
      ...schedule,
      policies: { ...policies, catchupWindow: '1h' },
      action: { ...action, workflowExecutionTimeout: '30m' },
    }));
    await eventually('they differ', async () => String(await times()) !== String(wanted));
    await ensureSchedules(client, { sweep: 300 * DAY, retention: 500 * DAY });
    await eventually('they are as wanted', async () => String(await times()) === String(wanted));
  });
});
