import assert from 'node:assert/strict';
import { startTracing } from '../../monitoring/tracing.js';
import { type Collector, startCollector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterNumber,
  invited,
  linkFromMail,
  newNumber,
  verifyEmail,
} from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';

describe('traces', function () {
  this.timeout(60_000);
  let collector: Collector;
  let world: World;
  let stopTracing: () => Promise<void>;
  before(async () => {
    collector = await startCollector();
    const tracing = await startTracing({ service: 'world', endpoint: collector.url });
    assert.ok(tracing);
    stopTracing = tracing.stop;
    world = await startWorld({ tracing });
  });
  after(async () => {
    await world?.stop();
    await stopTracing?.();
    await collector?.stop();
  });

  /** The spans of the trace that a click began, once it has those that are wanted; each hangs on another one of it. */
  const traceOf = (click: string, ...wanted: string[]) =>
    eventually(`${click} is one trace`, async () => {
      const root = collector.spans.find(({ name }) => name === click);
      const spans = collector.spans.filter(({ traceId }) => traceId === root?.traceId);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const whole = spans.every((span) => span === root || ids.has(span.parentSpanId ?? ''));
      return root && whole && wanted.every((name) => spans.some((span) => span.name === name)) && spans;
    });

  it('lead from each click over nudge and workflow to the message and its provider', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await verifyEmail(world, invitation);
    await enterNumber(invitation, newNumber());
    const nudge = ['nudge clinicianOnboarding', 'workflow clinicianOnboarding', 'activity look'];
    const mail = [...nudge, 'activity sendMail', 'mail server'];
    await traceOf('POST /api/v1/invitations', ...mail);
    // A workflow that runs already: the trace is the click's, not that of the click which started it.
    await traceOf('POST /create-account', ...mail);
    await traceOf('POST /phone', ...nudge, 'activity sendCode', 'text provider');
    const [activity] = collector.spans.filter(({ name }) => name === 'activity sendMail');
    const workflow = activity?.attributes.find(({ key }) => key === 'temporal.workflow.id');
    assert.deepEqual(workflow?.value, { stringValue: `onboarding-${invitation.id}-1` });
    assert.ok(!collector.text.includes(invitation.email));
  });

  it('do not follow a span that a browser makes up', async () => {
    const traceId = 'ab'.repeat(16);
    await fetch(`${world.url}/help`, { headers: { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01` } });
    await eventually('the request is traced', async () =>
      collector.spans.some(({ name }) => name === 'GET /help'),
    );
    assert.ok(!collector.text.includes(traceId));
  });

  it('leave a reminder out of the click from days before', async () => {
    const tracing = await startTracing({ service: 'skipping', endpoint: collector.url });
    const skipping = await startWorld({ skipsTime: true, ...(tracing && { tracing }) });
    try {
      const { id, email } = await invited(skipping);
      await skipping.pass(3 * 24 * 3_600_000 + 60_000);
      await eventually(
        'the reminder is out',
        async () => skipping.inbox.mails.filter(({ to }) => to === email).length === 2,
      );
      const [first, reminder] = await eventually('both are traced', async () => {
        const sent = collector.spans.filter(
          ({ name, attributes }) => name === 'activity sendMail' && JSON.stringify(attributes).includes(id),
        );
        return sent.length === 2 && sent;
      });
      assert.ok(first?.parentSpanId);
      assert.equal(reminder?.parentSpanId, undefined);
      assert.notEqual(reminder?.traceId, first?.traceId);
    } finally {
      await skipping.stop();
      await tracing?.stop();
    }
  });

  it('cost nothing where there is no endpoint: there are none', async () => {
    assert.equal(await startTracing({ service: 'world', endpoint: undefined }), undefined);
  });
});
