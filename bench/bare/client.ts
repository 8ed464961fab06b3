import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { BARE_QUEUE, bareSignal } from './messages.js';
import type { BareWorker } from './worker.js';
import type { bareDeadline, bareOnboarding } from './workflow.js';

/** @returns the id under which the workflow was started. */
export async function startBare(client: Client, taskQueue: string): Promise<string> {
  const id = randomUUID();
  await client.workflow.start<typeof bareOnboarding>('bareOnboarding', {
    workflowId: `bare-${id}`,
    taskQueue,
    args: [id],
  });
  return id;
}

/**
 * A whole journey: each signal goes out as soon as what the person waits for has been sent; `pause` comes before each.
 * @returns the workflow's id.
 */
export async function bareJourney(
  client: Client,
  worker: Pick<BareWorker, 'sent'>,
  pause = async () => {},
): Promise<string> {
  const id = randomUUID();
  const handle = await client.workflow.signalWithStart<typeof bareOnboarding>('bareOnboarding', {
    workflowId: `bare-${id}`,
    taskQueue: BARE_QUEUE,
    args: [id],
    signal: bareSignal,
  });
  // Account created; address verified; number entered; code confirmed.
  for (const kind of ['invitation', 'verification', undefined, 'code']) {
    if (kind) await worker.sent(id, kind);
    await pause();
    await handle.signal(bareSignal);
  }
  await handle.result();
  return handle.workflowId;
}

export async function startBareDeadline(client: Client, at: Date): Promise<void> {
  await client.workflow.start<typeof bareDeadline>('bareDeadline', {
    workflowId: `bare-deadline-${randomUUID()}`,
    taskQueue: BARE_QUEUE,
    args: [at.getTime()],
  });
}
