import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { onboardingWorkflowId } from '../../workflows/messages.js';
import { bareJourney } from '../bare/client.js';
import type { BareWorker } from '../bare/worker.js';
import { takeJourney } from '../journey.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { table } from '../table.js';

/** Between a person's steps, so that each is a step of its own to the workflow too. */
const PAUSE = 1_200;

interface Size {
  events: number;
  bytes: number;
  actions: number;
}

export async function historySection(setting: Setting, bare: BareWorker): Promise<Section> {
  const { client } = setting;
  const { id } = await takeJourney(
    setting,
    () => {},
    () => delay(PAUSE),
  );
  const ours = await sizeOf(client, onboardingWorkflowId(id, 1));
  const yardstick = await sizeOf(client, await bareJourney(client, bare, () => delay(PAUSE)));
  const row = (name: string, { events, bytes, actions }: Size) => [name, events, bytes, actions];
  return {
    title: "4. One journey in Temporal's books (budget: 51 events, 9,216 bytes, 17 billable actions)",
    table: table(
      ['', 'events', 'bytes', 'billable actions'],
      [row('onboarding', ours), row('bare workflow', yardstick)],
    ),
    notes: [
      `Steps ${PAUSE / 1_000} s apart. Events and bytes as the server counts them; actions counted from the events by Temporal Cloud's rules`,
      '(docs.temporal.io/evaluate/cloud/actions): a signal with or without a start, a timer, an activity, the local activities of one',
      'workflow task. The sweeper is not in it: one Schedule for everybody, and a workflow with one activity every 30 s.',
    ],
  };
}

async function sizeOf(client: Client, workflowId: string): Promise<Size> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.result();
  const { historyLength, historySize } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const tasksWithMarkers = new Set<string>();
  let actions = 0;
  for (const event of events ?? []) {
    if (event.workflowExecutionSignaledEventAttributes) actions++;
    if (event.timerStartedEventAttributes) actions++;
    if (event.activityTaskScheduledEventAttributes) actions++;
    if (event.upsertWorkflowSearchAttributesEventAttributes) actions++;
    const { workflowTaskCompletedEventId: task } = event.markerRecordedEventAttributes ?? {};
    if (task) tasksWithMarkers.add(String(task));
  }
  return { events: historyLength, bytes: historySize ?? 0, actions: actions + tasksWithMarkers.size };
}
