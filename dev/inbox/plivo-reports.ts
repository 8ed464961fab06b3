import { setTimeout as delay } from 'node:timers/promises';
import type { ReceivedText } from './messages.js';
import type { MessageRequest } from './plivo-request.js';
import { signCallback } from './plivo-sign.js';
import { smsUnits } from './sms-units.js';

const RATE = 0.0365;
const NUMBER_HIDDEN = new Set(['false', 'content_only']);
/** "Invalid destination number" (plivo.com/docs/messaging/troubleshooting/error-codes). */
const UNDELIVERED_CODE = '50';

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
  const reports = states.map((state, index) => {
    // A receiver that is down holds up the reports, not the text.
    if (state !== 'queued') onState(state);
    return reportOf({ text, request, state, sequence: index + 1 });
  });
  const { url, method } = request;
  if (url === undefined) return;
  for (const params of reports) {
    for (const wait of [0, ...backoffMs]) {
      if (wait > 0) await delay(wait, undefined, { signal });
      if (await call({ url, method, params, authToken, signal })) break;
    }
  }
}

function reportOf({
  text,
  request,
  state,
  sequence,
}: {
  text: ReceivedText;
  request: MessageRequest;
  state: ReceivedText['state'];
  sequence: number;
}): Record<string, string> {
  const { units } = smsUnits(text.text);
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '000');
  return {
    From: text.from,
    // Redacted in callbacks, too, where the number is not to be logged (plivo.com/docs/messaging/concepts/sms-data-redaction).
    To: NUMBER_HIDDEN.has(String(request.log)) ? text.to.replace(/...$/, '***') : text.to,
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
