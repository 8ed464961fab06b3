import type { MailContext } from './models.js';
import type { Language, Translate } from './words.js';
import { translator } from './words.js';

/** A span of time, for example "24 hours". */
export const spanInWords = ({ length, unit }: MailContext['verifyWindow'], { tag }: Language): string =>
  new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(length);

/**
 * An instant in words, for example "14:05 on Wednesday 25 November (GMT)": order and small words come from the catalogue, names from Intl.
 * Throws RangeError on an unknown `timeZone` (IANA).
 */
export function timeInWords({
  at,
  timeZone,
  language,
}: {
  at: Date;
  timeZone: string;
  language: Language;
}): string {
  const parts = new Intl.DateTimeFormat(language.tag, {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? '';
  const say: Translate = translator(language.code, {
    time: `${part('hour')}:${part('minute')}`,
    weekday: part('weekday'),
    day: part('day'),
    month: part('month'),
    zone: part('timeZoneName'),
  });
  return say('common.deadline');
}
