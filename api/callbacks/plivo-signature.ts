import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { countryOf } from '../../store/addresses.js';

/** A code fits into one text; whatever is far beyond is no count and no price. */
const MOST_UNITS = 100;
const MOST_COST = 1_000;

const time = z.string().max(40).optional();
const short = z.string().max(80).optional();

/**
 * The parameters of a delivery report (plivo.com/docs/messaging/api/message/message-status-callbacks). The
 * signature covers names and values run together without a separator, so the same signed bytes could be cut into
 * other names: only these names are taken, each once, and those that we act on have narrow values.
 */
const reportSchema = z.strictObject({
  MessageUUID: z.guid(),
  Status: z.enum(['queued', 'sent', 'delivered', 'undelivered', 'failed']),
  // With `log: 'false'` Plivo hides the last digits here, so a report cannot be matched by number.
  To: z.string().regex(/^\+?\d{3,15}[*Xx]{0,5}$/),
  From: z.string().regex(/^\+?[A-Za-z0-9 ]{1,20}$/),
  Sequence: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional(),
  ErrorCode: z
    .string()
    .regex(/^\d{0,6}$/)
    .optional(),
  Units: short,
  TotalRate: short,
  TotalAmount: short,
  Type: short,
  MCC: short,
  MNC: short,
  ParentMessageUUID: short,
  PartInfo: short,
  PowerpackUUID: short,
  requester_ip: short,
  RequesterIP: short,
  ConversationID: short,
  ConversationOrigin: short,
  ConversationExpirationTimestamp: short,
  MessageTime: time,
  QueuedTime: time,
  SentTime: time,
  DeliveryReportTime: time,
});

const ALLOWED = new Set(Object.keys(reportSchema.shape));

export interface DeliveryReport {
  messageUuid: string;
  status: 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';
  /** Order in which Plivo made its reports of this message; they may arrive in another. */
  sequence?: number;
  /** Plivo's error code, present on failures only. */
  errorCode?: string;
  /** What the text came to: units, an amount in the account's currency, and the country, which its first digits tell. */
  charge?: { country: string; units: number; cost: number };
}

/** Reads what we use of a delivery report; undefined when a parameter is unknown, repeated, missing or malformed. */
export function parseDeliveryReport(params: unknown): DeliveryReport | undefined {
  const parsed = reportSchema.safeParse(params);
  if (!parsed.success) return undefined;
  const { MessageUUID, Status, Sequence, ErrorCode } = parsed.data;
  const report: DeliveryReport = { messageUuid: MessageUUID, status: Status };
  if (Sequence !== undefined) report.sequence = Number(Sequence);
  if (ErrorCode !== undefined && ErrorCode !== '' && ErrorCode !== '000') report.errorCode = ErrorCode;
  const charge = chargeOf(parsed.data);
  if (charge) report.charge = charge;
  return report;
}

function chargeOf({
  To,
  Units,
  TotalAmount,
}: z.output<typeof reportSchema>): DeliveryReport['charge'] | undefined {
  const [units, cost] = [Number(Units ?? Number.NaN), Number(TotalAmount ?? 0)];
  if (!(units > 0 && units <= MOST_UNITS && cost >= 0 && cost <= MOST_COST)) return undefined;
  const number = `+${To.replace('+', '').replaceAll(/\D/g, '0')}`;
  return { country: countryOf(number) ?? 'unknown', units, cost };
}

/**
 * Whether a POSTed delivery report was signed by Plivo with (one of) our auth tokens; two while a token rotates.
 * Own computation of Plivo's V3 scheme (plivo.com/docs/messaging/concepts/signature-validation), because the
 * vendor's function throws on missing headers and compares in variable time; tests hold the two equal.
 * `publicUrl` is the configured origin, never the Host header; `path` has no query. Never throws.
 */
export function isGenuine({
  publicUrl,
  path,
  headers,
  params,
  authToken,
}: {
  publicUrl: string;
  path: string;
  headers: IncomingHttpHeaders;
  params: unknown;
  authToken: string | readonly string[];
}): boolean {
  const given = headers['x-plivo-signature-v3'];
  const nonce = headers['x-plivo-signature-v3-nonce'];
  if (typeof given !== 'string' || typeof nonce !== 'string' || given === '' || nonce === '') return false;
  if (given.length > 1000 || nonce.length > 200 || !path.startsWith('/') || path.includes('?')) return false;
  const fields = allowedFields(params);
  if (fields === undefined) return false;

  const signed = `${publicUrl.replace(/\/+$/, '')}${path}?${fields}.${nonce}`;
  // Plivo signs once per active token and joins the signatures by commas.
  const candidates = given.split(',').map((one) => Buffer.from(one));
  const tokens = (typeof authToken === 'string' ? [authToken] : authToken).filter((token) => token !== '');
  return tokens.some((token) => {
    const expected = Buffer.from(createHmac('sha256', token).update(signed).digest('base64'));
    return candidates.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}

/** Names and values run together in order of name, or undefined where one is not allowed, repeated or no string. */
function allowedFields(params: unknown): string | undefined {
  if (params === null || typeof params !== 'object') return undefined;
  const entries: [string, unknown][] = Object.entries(params);
  if (entries.length === 0) return undefined;
  if (!entries.every(([name, value]) => ALLOWED.has(name) && typeof value === 'string')) return undefined;
  return entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}${value}`)
    .join('');
}
