/** What people typed, made fit to stand inside our sentences. Escaping is not done here: see the templates. */

/** Characters that reorder the text around them: with them a name could rewrite the sentence it stands in (Unicode TR 36, 2.5). */
const BIDI_CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const LINE_BREAKS = /\r\n|[\r\n\u0085\u2028\u2029]/gu;
// Tab and newline are left: they are white space.
const OTHER_CONTROLS = /[^\P{Cc}\t\n]/gu;

/** One line: white space of every kind collapses to single spaces, so that no value brings a line break into a subject. */
export function oneLine(value: string): string {
  return lines(value).replace(/\s+/gu, ' ');
}

/** Several lines, as typed: `\n` between them, at most one blank line in a row. */
export function lines(value: string): string {
  return value
    .replace(LINE_BREAKS, '\n')
    .replace(OTHER_CONTROLS, '')
    .replace(BIDI_CONTROLS, '')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
}

/** Keeps a name in the other writing direction from pulling its neighbours along (Unicode UAX 9, FSI and PDI). */
export function isolate(value: string, dir: 'ltr' | 'rtl'): string {
  const reversed = dir === 'ltr' ? RIGHT_TO_LEFT.test(value) : /\p{Script=Latin}/u.test(value);
  return reversed ? `\u2068${value}\u2069` : value;
}

/** At most `limit` code points, the last an ellipsis where something was cut. */
export function shorten(value: string, limit: number): string {
  const points = Array.from(value);
  return points.length <= limit
    ? value
    : `${points
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}

const PLAIN_ADDRESS = /^[\w.+-]+@[\w-]+(\.[\w-]+)+[.,;:!?)]*$/u;
/** Full stops as in a domain, in any width. */
const INNER_STOP = /(?<=[\p{L}\p{N}])[.\u3002\uFF0E\uFF61](?=[\p{L}\p{N}])/gu;

/**
 * Keeps mail programs from making links of what somebody typed: a zero-width space after each stop that could be a domain's.
 * Plain email addresses stay as they are, so that they can be copied.
 */
export function unlinked(value: string): string {
  return value.replace(/\S+/gu, (word) =>
    PLAIN_ADDRESS.test(word) ? word : word.replace(INNER_STOP, '$&\u200B').replaceAll('://', ':\u200B//'),
  );
}
