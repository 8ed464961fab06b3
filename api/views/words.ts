import { readFileSync } from 'node:fs';
import { createInstance, type TFunction } from 'i18next';
import { escapeUnlessMarkup, type Markup, markup } from './markup.js';

/** The words of one language: keys nest with dots. They are text, never markup. */
export interface Catalogue {
  [key: string]: string | Catalogue;
}

export interface Words {
  /** Language whose catalogue answers, as a BCP 47 tag for `lang`. */
  lang: string;
  dir: 'ltr' | 'rtl';
  /** Plain text, to be escaped where it is printed. Throws where no words exist. */
  t: TFunction;
  /** Markup: the words with escaped values, except values that are markup already. */
  rich: (key: string, values?: Record<string, unknown>) => Markup;
  has: (key: string) => boolean;
}

const FALLBACK = 'en';

/** Our English is British: a bare `en` would format dates the American way. */
const TAGS: Record<string, string> = { en: 'en-GB' };

/** Reads the catalogues that ship with the pages. */
export function loadCatalogues(): Record<string, Catalogue> {
  const file = new URL('../../../api/words/en.json', import.meta.url);
  return { [FALLBACK]: JSON.parse(readFileSync(file, 'utf8')) as Catalogue };
}

/** Answers `wordsFor(locale)`; a locale without a catalogue gets English, and is tagged as English. */
export function createWords(catalogues: Record<string, Catalogue>): (locale: string) => Words {
  const instance = createInstance();
  void instance.init({
    initAsync: false,
    fallbackLng: FALLBACK,
    resources: Object.fromEntries(
      Object.entries(catalogues).map(([language, words]) => [language, { translation: words }]),
    ),
    interpolation: { escapeValue: false, escape: escapeUnlessMarkup, useRawValueToEscape: true },
    parseMissingKeyHandler: (key: string) => {
      throw new Error(`No words for "${key}"`);
    },
  });

  return (locale) => {
    const base = locale.split('-')[0] ?? FALLBACK;
    const language = [locale, base].find((tag) => tag in catalogues) ?? FALLBACK;
    const t = instance.getFixedT(language);
    return {
      lang: TAGS[language] ?? language,
      dir: instance.dir(language),
      t,
      rich: (key, values = {}) => markup(t(key, { ...values, interpolation: { escapeValue: true } })),
      has: (key) => instance.exists(key, { lng: language }),
    };
  };
}
