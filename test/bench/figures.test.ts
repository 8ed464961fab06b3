import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lateOf, rateOf } from '../../bench/at-once.js';
import { Samples } from '../../bench/samples.js';
import { median, percentile } from '../../bench/statistics.js';
import { table } from '../../bench/table.js';

describe('figures of the benchmark', () => {
  it('takes percentiles that were measured, whatever the order', () => {
    const sample = [30, 10, 50, 20, 40];
    assert.equal(median(sample), 30);
    assert.equal(median([1, 2]), 1);
    assert.equal(percentile(sample, 0.95), 50);
    assert.equal(percentile(sample, 0.2), 10);
    assert.throws(() => median([]));
  });

  it('does a thing as often as asked, and never more at once', async () => {
    let [running, most, done] = [0, 0, 0];
    const rate = await rateOf({
      times: 25,
      atOnce: 4,
      work: async () => {
        most = Math.max(most, ++running);
        await nextTurn();
        running--;
        done++;
      },
    });
    assert.deepEqual({ done, most }, { done: 25, most: 4 });
    assert.ok(rate > 0);
  });

  it('counts what is late or fails, and waits no longer for it', async () => {
    const never = new Promise(() => {});
    assert.equal(await lateOf([nextTurn(), Promise.reject(new Error('failed')), never], 20), 2);
    assert.equal(await lateOf([nextTurn(), nextTurn()], 60_000), 0);
  });

  it('shares a whole out to its steps', () => {
    const samples = new Samples();
    for (const [step, ms] of [
      ['first', 10],
      ['second', 60],
      ['first', 30],
    ] as const)
      samples.note(step, ms);
    assert.deepEqual(samples.steps, ['first', 'second']);
    assert.equal(samples.shareOf('first'), 0.4);
  });

  it('aligns figures to the right and words to the left', () => {
    const lines = table(
      ['', 'ms'],
      [
        ['a', '5'],
        ['longer', '1234'],
      ],
    ).split('\n');
    assert.deepEqual(lines, ['            ms', '  a          5', '  longer  1234']);
  });
});
