import { z } from 'zod';
import { smsUnits } from './sms-units.js';

const flag = z.union([z.boolean(), z.enum(['true', 'false'])]);

/** What we might send of the Message API's parameters; the rest is refused, so that a slip shows here and not there. */
const messageRequest = z
  .strictObject({
    // Up to 14 digits, or an alphanumeric sender of up to 11 characters with a letter.
    src: z.string().regex(/^(\+?[1-9]\d{2,13}|(?=.*[A-Za-z])[A-Za-z0-9]{1,11})$/, 'is not a valid sender'),
    // The real one takes several numbers joined by `<` and strips punctuation. We never mean either.
    dst: z.string().regex(/^\+?[1-9]\d{6,13}$/, 'is not one valid phone number'),
    text: z
      .string()
      .min(1, 'is empty')
      .refine((text) => !smsUnits(text).tooLong, 'is too long'),
    type: z.literal('sms').default('sms'),
    url: z.url({ protocol: /^https?$/, error: 'is not an absolute http or https URL' }).optional(),
    method: z.enum(['GET', 'POST']).default('POST'),
    log: z.union([flag, z.enum(['content_only', 'number_only'])]).optional(),
    trackable: flag.optional(),
  })
  .refine(({ src, dst }) => digits(src) !== digits(dst), 'src and dst cannot be same');

export type MessageRequest = z.output<typeof messageRequest>;

/** Reads a request's body; the error names the parameter and never repeats its value. */
export function parseMessageRequest(body: unknown): { request: MessageRequest } | { error: string } {
  const parsed = messageRequest.safeParse(body);
  if (parsed.success) return { request: { ...parsed.data, dst: digits(parsed.data.dst) } };
  const issue = parsed.error.issues[0];
  return { error: [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ') };
}

function digits(number: string): string {
  return number.replace(/^\+/, '');
}
