import type { MailContext, MailKind, MailModels, RenderedMail } from './models.js';
import { renderHtml, renderText } from './templates.js';
import { spanInWords, timeInWords } from './times.js';
import { isolate, lines, oneLine, shorten, unlinked } from './values.js';
import { hasWords, type Language, languageOf, translator } from './words.js';

/** So that a subject stays short whatever a person or team is called. */
const LONGEST_NAME_IN_SUBJECT = 60;
const LINKS = ['url', 'signInUrl', 'dashboardUrl'];
const NAMES = ['firstName', 'inviterName', 'inviteeName', 'teamName'];

/**
 * Words one mail: subject (never a line break), HTML and plain text.
 * A locale without a catalogue falls back to English.
 * Throws RangeError on an unknown time zone, Error where the catalogue lacks a key or the model a value.
 */
export async function renderMail<K extends MailKind>(
  kind: K,
  model: MailModels[K],
  context: MailContext,
): Promise<RenderedMail> {
  const language = languageOf(context.locale);
  const { verifyWindow, ...plain } = context;
  const window = spanInWords(verifyWindow, language);
  const values = wordValues({ ...model, ...plain, window }, context.timeZone, language);
  const t = translator(language.code, values);
  const subject = translator(language.code, shortened(values))(`${kind}.subject`);
  const unexpected = `${kind}.unexpected`;
  const page = {
    ...values,
    kind,
    t,
    subject,
    lang: language.tag,
    dir: language.dir,
    start: language.dir === 'rtl' ? 'right' : 'left',
    link: LINKS.map((name) => values[name]).find(Boolean),
    unexpected: hasWords(language.code, unexpected) ? t(unexpected) : undefined,
  };
  return { subject, html: await renderHtml(kind, page), text: renderText(kind, page) };
}

/** Everything the sentences can name, as the text that will stand there. Absent optional values stay absent. */
function wordValues(given: object, timeZone: string, language: Language): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value instanceof Date) values[name] = timeInWords({ at: value, timeZone, language });
    else if (LINKS.includes(name)) values[name] = String(value);
    else if (name === 'message') values[name] = unlinked(lines(String(value)));
    else if (NAMES.includes(name) && value !== undefined)
      values[name] = isolate(oneLine(String(value)), language.dir);
    else if (value !== undefined) values[name] = oneLine(String(value));
  }
  return values;
}

function shortened(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, shorten(value, LONGEST_NAME_IN_SUBJECT)]),
  );
}
