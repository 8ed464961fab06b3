import assert from 'node:assert/strict';
import { liveStateQuery } from '../../workflows/messages.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  invited,
  newNumber,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';

describe('the history of one journey', () => {
  let world: World;
  before(async function () {
    this.timeout(120_000);
    world = await startWorld();
  });
  after(() => world?.stop());

  it('stays within its budget of events, actions and bytes', async () => {
    const invitation = await invited(world);
    const number = newNumber();
    const handle = world.client.workflow.getHandle(`onboarding-${invitation.id}-1`);
    /** People take longer than the workflow: each step finds it waiting. */
    const settledAs = (stage: string) =>
      eventually(`the workflow waits in ${stage}`, async () => {
        const state = await handle.query(liveStateQuery);
        return state.stage === stage && state.sending.length === 0;
      });

    await settledAs('invited');
    await createAccount(invitation);
    await settledAs('verifying');
    await verifyEmail(world, invitation);
    await settledAs('enrolling');
    await enterNumber(invitation, number);
    await settledAs('confirming');
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    assert.equal(await handle.result(), 'active');

    const { historyLength, historySize } = await handle.describe();
    const { events } = await handle.fetchHistory();
    // Temporal Cloud's billable actions; signal-with-start counts as both, the local activities of one workflow task as one.
    const alone = (events ?? []).filter(
      (event) =>
        event.workflowExecutionStartedEventAttributes ||
        event.workflowExecutionSignaledEventAttributes ||
        event.timerStartedEventAttributes ||
        event.activityTaskScheduledEventAttributes,
    );
    const tasksWithLocalActivities = new Set(
      (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) =>
        marker ? [String(marker.workflowTaskCompletedEventId)] : [],
      ),
    );
    const actions = alone.length + tasksWithLocalActivities.size;
    assert.ok(historyLength <= 51, `${historyLength} events`);
    assert.ok(actions <= 17, `${actions} actions`);
    assert.ok((historySize ?? 0) <= 9 * 1024, `${historySize} bytes`);
  });
});
