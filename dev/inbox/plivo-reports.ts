import { setTimeout as delay } from 'node:timers/promises';
import type { ReceivedText } from './messages.js';
import type { MessageRequest } from './plivo-request.js';
import { signCallback } from './plivo-sign.js';
import { smsUnits } from './sms-units.js';

const RATE = 0.0365;
/** Plivo's list of error codes: 30 is an unknown destination, a number that does not exist or is out of service. */
const UNDELIVERED_CODE = '30';

/**
 * Carries one accepted text through its states and reports each, signed, in order. A receiver that does not answer
 * 2xx gets the report again after each of `backoffMs`; then it is given up, as the real one does in the end.
 */
export async function reportDelivery({
  text,
  request,
  lastState,
  authToken,
  backoffMs,
  onState,
  signal,
}: {
  text: ReceivedText;
  request: MessageRequest;
  lastState: 'delivered' | 'undelivered';
  authToken: string;
  backoffMs: readonly number[];
  onState: (state: ReceivedText['state']) => void;
  signal: AbortSignal;
}): Promise<void> {
  const states = ['queued', 'sent', lastState] as const;
  for (const [index, state] of states.entries()) {
    if (signal.aborted) return;
    if (state !== 'queued') onState(state);
    if (request.url === undefined) continue;
    const params = reportOf({ text, state, sequence: index + 1 });
    const { url, method } = request;
    for (const wait of [0, ...backoffMs]) {
      if (wait > 0) await delay(wait, undefined, { signal });
      if (await call({ url, method, params, authToken, signal })) break;
    }
  }
}

function reportOf({
  text,
  state,
  sequence,
}: {
  text: ReceivedText;
  state: ReceivedText['state'];
  sequence: number;
}): Record<string, string> {
  const { units } = smsUnits(text.text);
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '000');
  return {
    From: text.from,
    To: text.to,
    MessageUUID: text.uuid,
    ParentMessageUUID: text.uuid,
    PartInfo: `1 of ${units}`,
    Type: 'sms',
    Status: state,
    Sequence: String(sequence),
    Units: String(units),
    TotalRate: RATE.toFixed(5),
    TotalAmount: (RATE * units).toFixed(5),
    MessageTime: text.receivedAt.replace('T', ' ').replace('Z', '000'),
    QueuedTime: text.receivedAt.replace('T', ' ').replace('Z', '000'),
    ...(state === 'queued' ? {} : { SentTime: now }),
    ...(state === 'delivered' || state === 'undelivered' ? { DeliveryReportTime: now } : {}),
    ...(state === 'undelivered' ? { ErrorCode: UNDELIVERED_CODE } : {}),
  };
}

async function call({
  url,
  method,
  params,
  authToken,
  signal,
}: {
  url: string;
  method: 'GET' | 'POST';
  params: Record<string, string>;
  authToken: string;
  signal: AbortSignal;
}): Promise<boolean> {
  const signed = signCallback({ method, url, params, authToken });
  try {
    const response = await fetch(signed.url, {
      method,
      headers: signed.headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
      ...(method === 'POST' ? { body: new URLSearchParams(params) } : {}),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
