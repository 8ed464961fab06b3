import assert from 'node:assert/strict';
import { createMetrics } from '../../monitoring/metrics.js';
import { assertSection, codesIn, read, table, tableAfter } from '../docs/documents.js';
import { alerts, expressions, metricsIn, panels } from './ops-files.js';

const OPERATIONS = 'docs/operations.md';

/** Of Prometheus' own tools none is at hand: its grammar (lezer-promql) reads the expressions, a schema the file around them. */
describe('the alert rules and the dashboard', () => {
  it('are well-formed, with every alert and panel named once', async () => {
    const names = [
      ...(await alerts()).map(({ alert }) => alert),
      ...(await panels()).map(({ title }) => title),
    ];
    assert.ok(names.length > 30);
    assert.equal(new Set(names).size, names.length);
  });

  it('have expressions that parse and name a metric', async () => {
    for (const { where, expr } of await expressions()) assert.ok(metricsIn(expr).length > 0, where);
  });

  it('would be found out with a wrong expression', () => {
    assert.throws(() => metricsIn('sum(rate(onboarding_events_total[5m]) by (type'), /is wrong/);
  });

  it("name, of the service's own metrics, only such as there are", async () => {
    const known = (await describedMetrics()).map(({ name }) => name);
    for (const { where, expr } of await expressions()) {
      for (const name of metricsIn(expr).filter((each) => each.startsWith('onboarding_'))) {
        assert.ok(known.includes(name.replace(/_(bucket|sum|count)$/, '')), `${where}: ${name}`);
      }
    }
  });

  it('watch every metric of the service in one place at least', async () => {
    const watched = (await expressions()).flatMap(({ expr }) => metricsIn(expr));
    for (const { name } of await describedMetrics()) {
      assert.ok(
        watched.some((each) => each === name || each.startsWith(`${name}_`)),
        name,
      );
    }
  });

  it('watch counters of texts that begin at zero: a first burst to a country is an increase', async () => {
    const { registry } = createMetrics({ clock: () => new Date(), textCountries: ['GB', 'NZ'] });
    const shown = await registry.metrics();
    assert.match(shown, /^onboarding_texts_total\{country="NZ"\} 0$/m);
    assert.match(shown, /^onboarding_text_cost_total\{country="NZ"\} 0$/m);
    assert.match(shown, /^onboarding_messages_total\{channel="text",kind="code",state="failed"\} 0$/m);
  });

  it('are shown nothing, and no 0, of a database that does not answer', async () => {
    const gauges = /^onboarding_(people|needs_support|waiting|clock_skew_seconds)[ {]/m;
    const metrics = createMetrics({ clock: () => new Date() });
    assert.doesNotMatch(await metrics.registry.metrics(), gauges);
    metrics.watch({ standing: () => Promise.reject(new Error('away')), clockSkew: async () => 0 });
    assert.doesNotMatch(await metrics.registry.metrics(), gauges);
  });

  it('see by how much the clocks differ', async () => {
    const metrics = createMetrics({ clock: () => new Date() });
    const standing = { stages: [], needsSupport: 0, waiting: { deadline: 0, telling: 0, filing: 0 } };
    metrics.watch({ standing: async () => standing, clockSkew: async () => -2_500 });
    assert.match(await metrics.registry.metrics(), /^onboarding_clock_skew_seconds -2\.5$/m);
  });

  it('have a line for each alert in the operations guide, and for no other', async () => {
    const written = tableAfter('Alerts', await read(OPERATIONS)).flatMap(([name = '']) => codesIn(name));
    assert.deepEqual(
      written,
      (await alerts()).map(({ alert }) => alert),
    );
  });
});

describe('docs/operations.md', () => {
  it('has the metrics that the code has', async () => {
    const rows = (await describedMetrics()).map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.join(', '),
      help,
    ]);
    await assertSection({
      path: OPERATIONS,
      begin: '<!-- metrics: made from monitoring/metrics.ts -->',
      end: '<!-- metrics: end -->',
      made: table([['metric', 'kind', 'labels', 'what'], ...rows]),
    });
  });
});

async function describedMetrics(): Promise<{ name: string; type: string; labels: string[]; help: string }[]> {
  const { registry } = createMetrics({ clock: () => new Date() });
  return (await registry.getMetricsAsJSON()).map(({ name, type, help }) => {
    const metric: unknown = registry.getSingleMetric(name);
    const labels = metric instanceof Object && 'labelNames' in metric ? metric.labelNames : [];
    return { name, type: String(type), labels: Array.isArray(labels) ? labels.map(String) : [], help };
  });
}
