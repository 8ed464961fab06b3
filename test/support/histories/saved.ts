import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { type History, historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import type { Facts } from '../../../activities/facts.js';

export const HISTORIES = fileURLToPath(new URL('../../../../test/histories/', import.meta.url));

export const savedNames = (): string[] =>
  readdirSync(HISTORIES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace('.json', ''))
    .sort();

export const savedText = (name: string): string => readFileSync(`${HISTORIES}${name}.json`, 'utf8');

export interface ActivityTold {
  type: string;
  /** The local one runs in the worker, the ordinary one from a queue. */
  local: boolean;
  input: unknown;
  /** Absent: still on its way where the history ends. */
  end?: 'completed' | 'failed' | 'timed out';
  traced: boolean;
}

/** What a history says of the way that was gone. */
export interface Told {
  name: string;
  workflowType: string;
  activities: ActivityTold[];
  /** In the order in which they came. */
  facts: Facts[];
  /** How it ended; absent: it had not. `completed` with what came out of it. */
  end?: 'failed' | 'continued' | { result: unknown };
  continues: boolean;
  updates: number;
  tracedSignals: number;
  /** It ends where the workflow had been asked and had not answered. */
  cut: boolean;
}

type Event = NonNullable<History['events']>[number];
type Payloads = { payloads?: Payload[] | null } | null | undefined;

const TRACE = 'traceparent';
const facts = z.looseObject({ stage: z.string(), seq: z.number() });
const marked = z.object({ activity_type: z.string() });

export function told(name: string, text = savedText(name)): Told {
  const { events } = historyFromJSON(JSON.parse(text));
  const way: Told = {
    name,
    workflowType: '',
    activities: [],
    facts: [],
    continues: false,
    updates: 0,
    tracedSignals: 0,
    cut: false,
  };
  const scheduled = new Map<string, ActivityTold>();
  for (const event of events ?? []) take(way, event, scheduled);
  return way;
}

function take(way: Told, event: Event, scheduled: Map<string, ActivityTold>): void {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) {
    way.workflowType = started.workflowType?.name ?? '';
    way.continues = Boolean(started.continuedExecutionRunId);
  }
  if (event.workflowTaskScheduledEventAttributes) way.cut = true;
  if (
    event.workflowTaskCompletedEventAttributes ||
    event.workflowTaskFailedEventAttributes ||
    event.workflowTaskTimedOutEventAttributes
  ) {
    way.cut = false;
  }
  if (event.workflowExecutionSignaledEventAttributes?.header?.fields?.[TRACE]) way.tracedSignals++;
  if (event.workflowExecutionUpdateCompletedEventAttributes) way.updates++;
  takeActivity(way, event, scheduled);
  const { workflowExecutionCompletedEventAttributes: completed } = event;
  if (completed) way.end = { result: only(completed.result) };
  if (event.workflowExecutionFailedEventAttributes) way.end = 'failed';
  if (event.workflowExecutionContinuedAsNewEventAttributes) way.end = 'continued';
}

function takeActivity(way: Told, event: Event, scheduled: Map<string, ActivityTold>): void {
  const begun = event.activityTaskScheduledEventAttributes;
  if (begun) {
    const activity: ActivityTold = {
      type: begun.activityType?.name ?? '',
      local: false,
      input: only(begun.input),
      traced: Boolean(begun.header?.fields?.[TRACE]),
    };
    way.activities.push(activity);
    scheduled.set(`${event.eventId}`, activity);
  }
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) learn(way, only(completed.result));
  const failed = event.activityTaskFailedEventAttributes;
  const timedOut = event.activityTaskTimedOutEventAttributes;
  const activity = scheduled.get(`${(completed ?? failed ?? timedOut)?.scheduledEventId}`);
  if (activity) activity.end = completed ? 'completed' : failed ? 'failed' : 'timed out';

  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName === 'core_local_activity') {
    const type = marked.parse(only(marker.details?.['data'])).activity_type;
    const end = marker.failure ? 'failed' : 'completed';
    way.activities.push({ type, local: true, input: undefined, end, traced: false });
    learn(way, only(marker.details?.['result']));
  }
}

/** What an activity answers with are facts, but for those of other workflows. */
function learn(way: Told, answer: unknown): void {
  if (facts.safeParse(answer).success) way.facts.push(answer as Facts);
}

function only(payloads: Payloads): unknown {
  const [payload] = payloads?.payloads ?? [];
  return payload && defaultPayloadConverter.fromPayload(payload);
}
