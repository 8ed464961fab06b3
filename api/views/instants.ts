import type { Span } from '../../store/policy.js';
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

/** A span of time, e.g. "24 hours". */
export const spanIn = ({ lang }: Pick<Words, 'lang'>, { length, unit }: Span): string =>
  new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(length);

function zoneName(parts: Intl.DateTimeFormatPart[]): string | undefined {
  return parts.find(({ type }) => type === 'timeZoneName')?.value;
}
