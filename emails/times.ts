import type { Language, Translate } from './words.js';
import { translator } from './words.js';

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A span of time in the largest unit of which it is several, e.g. "24 hours" or "2 days". @param span milliseconds */
export function spanInWords(span: number, { tag }: Language): string {
  const [unit, length] = UNITS.find(([, each]) => span % each === 0 && span > each) ?? ['second', 1_000];
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(span / length);
}

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
