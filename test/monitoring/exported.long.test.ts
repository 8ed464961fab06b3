import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { samplesIn } from '../support/exposition.js';
import { invited, newEmail, toDashboard } from '../support/journey.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';
import { expressions, metricsIn } from './ops-files.js';

describe('what Prometheus is given, by real processes', function () {
  this.timeout(120_000);
  let world: LocalWorld;
  before(async () => {
    world = await startLocalWorld({ SWEEP_SECONDS: '1' });
  });
  after(() => world?.stop());

  const scraped = async () =>
    (
      await Promise.all(
        Object.values(world.metricsUrls).map(async (url) => samplesIn(await (await fetch(url)).text())),
      )
    ).flat();

  it('has every metric, with a value, that the dashboard and the alerts name', async () => {
    world.inbox.switches.set({ texts: { mode: '500', remaining: 1 } });
    await toDashboard(world);
    await invited(world, newEmail());
    const wanted = new Set((await expressions()).flatMap(({ expr }) => metricsIn(expr)));
    let missing: string[] = [];
    await eventually('the last delivery is reported and the sweeper has been round', async () => {
      const samples = new Set((await scraped()).map(({ name }) => name));
      missing = [...wanted].filter((name) => !samples.has(name));
      return missing.length === 0;
    }).catch(() => {});
    assert.deepEqual(missing, []);
  });

  it('says of the worker that it is well while it works, and nothing once it is gone', async () => {
    const health = world.metricsUrls.worker.replace('/metrics', '/healthz');
    assert.equal((await fetch(health)).status, 200);
    await world.worker.stop();
    await assert.rejects(fetch(health));
  });
});
