import { escapeHtml, type Markup, markup } from './markup.js';
import type { Words } from './words.js';

/**
 * Words for instants, each in `<time>`: `instant` with the date, e.g. "14:05 on Wednesday 25 November (GMT)", `clock` without, e.g. "14:05 (GMT)".
 * `day` is for what is months away, and has the year: "25 November 2027".
 * The pattern travels along, so that a browser with JavaScript can word the instant in its own zone.
 */
export function instantsIn({ words, timeZone }: { words: Words; timeZone: string }) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(words.lang, { timeZone, ...options });
  const wording =
    (key: string) =>
    (instant: Date): Markup => {
      const text = words.t(key, {
        time: format({ hour: '2-digit', minute: '2-digit' }).format(instant),
        date: format({ weekday: 'long', day: 'numeric', month: 'long' }).format(instant),
        zone: zoneName(format({ hour: '2-digit', timeZoneName: 'short' }).formatToParts(instant)) ?? timeZone,
      });
      const pattern = words.t(key, { time: '%time%', date: '%date%', zone: '%zone%' });
      return markup(
        `<time datetime="${instant.toISOString()}" data-pattern="${escapeHtml(pattern)}">${escapeHtml(text)}</time>`,
      );
    };
  const day = (instant: Date): Markup => {
    const text = format({ day: 'numeric', month: 'long', year: 'numeric' }).format(instant);
    return markup(`<time datetime="${instant.toISOString()}">${escapeHtml(text)}</time>`);
  };
  return { instant: wording('instant'), clock: wording('clock'), day };
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A span of time in the largest unit of which it is several, e.g. "24 hours" or "2 days". @param span milliseconds */
export function durationIn({ lang }: Pick<Words, 'lang'>, span: number): string {
  const [unit, length] = UNITS.find(([, each]) => span % each === 0 && span > each) ?? ['second', 1_000];
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(span / length);
}

function zoneName(parts: Intl.DateTimeFormatPart[]): string | undefined {
  return parts.find(({ type }) => type === 'timeZoneName')?.value;
}
