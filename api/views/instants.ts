import { escapeHtml, type Markup, markup } from './markup.js';
import type { Words } from './words.js';

/**
 * `<time>` with the clock time, the date and the zone's name, e.g. "14:05 on Wednesday 25 November (GMT)".
 * The pattern travels along, so that a browser with JavaScript can word the instant in its own zone.
 */
export function instantIn({ words, timeZone }: { words: Words; timeZone: string }) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(words.lang, { timeZone, ...options });
  const clock = format({ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
  const date = format({ weekday: 'long', day: 'numeric', month: 'long' });

  return (instant: Date): Markup => {
    const parts = clock.formatToParts(instant);
    const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
    const time = format({ hour: '2-digit', minute: '2-digit' }).format(instant);
    const text = words.t('instant', { time, date: date.format(instant), zone });
    const pattern = words.t('instant', { time: '%time%', date: '%date%', zone: '%zone%' });
    return markup(
      `<time datetime="${instant.toISOString()}" data-pattern="${escapeHtml(pattern)}">${escapeHtml(text)}</time>`,
    );
  };
}
