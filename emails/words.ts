import { readdirSync, readFileSync } from 'node:fs';
import { createInstance } from 'i18next';

const FOLDER = new URL('../../emails/words/', import.meta.url);
const FALLBACK = 'en';

/** Plain `en` is worded the British way ("25 November", "GMT"): the zone then has its name wherever Britain has one for it. */
const REGION: Record<string, string> = { en: 'en-GB' };

export interface Language {
  /** The catalogue's language, a bare subtag. */
  code: string;
  /** BCP 47 tag for `Intl` and for the `lang` attribute. */
  tag: string;
  dir: 'ltr' | 'rtl';
}

/** Says the words behind a key, with the values that were handed over filled in. */
export type Translate = (key: string) => string;

function fail(what: string): never {
  throw new Error(`mail catalogue: ${what}`);
}

/** A language is a file: to add one, put `words/<code>.json` beside English. */
export const languages = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

const catalogue = createInstance({
  resources: Object.fromEntries(
    languages.map((code) => [
      code,
      { translation: JSON.parse(readFileSync(new URL(`${code}.json`, FOLDER), 'utf8')) },
    ]),
  ),
  supportedLngs: languages,
  fallbackLng: FALLBACK,
  initAsync: false,
  interpolation: {
    // Values stay raw here. The HTML templates escape the finished sentence, once; text and subject must not be escaped.
    escapeValue: false,
    // A value that looks like `{{x}}` or `$t(x)` stays what was typed (i18next's default, on which safety rests here).
    skipOnVariables: true,
  },
  // A mail that shows a key or a placeholder to a clinician is worse than none: support sees the failure.
  saveMissing: true,
  missingKeyHandler: (_languages, _namespace, key) => fail(`no words for ${key}`),
  missingInterpolationHandler: (_text, match) => fail(`no value for ${match[0]}`),
});
await catalogue.init();

/** The language to write in: that of `locale` where there is a catalogue, else English. A malformed tag is English too. */
export function languageOf(locale: string): Language {
  const tag = languages.includes(locale.split('-')[0] ?? '') && isWellFormed(locale) ? locale : FALLBACK;
  const code = tag.split('-')[0] ?? FALLBACK;
  return { code, tag: REGION[tag] ?? tag, dir: catalogue.dir(code) };
}

function isWellFormed(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}

/** Whether the language, or the one it falls back to, has words for the key. */
export function hasWords(code: string, key: string): boolean {
  return catalogue.exists(key, { lng: code });
}

export function translator(code: string, values: Record<string, string>): Translate {
  return (key) => catalogue.t(key, { ...values, lng: code });
}
