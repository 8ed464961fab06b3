import { readFileSync } from 'node:fs';
import { z } from 'zod';

const text = z.object({ version: z.string().min(1).max(40), paragraphs: z.array(z.string().min(1)).min(1) });
const schema = z.object({ terms: text, privacy: text, disclaimer: text });

/** What people agree to, with versions: part of the configuration, since every hospital has its own. */
export type LegalTexts = z.infer<typeof schema>;

const SAMPLE = new URL('../../config/sample-legal-texts.json', import.meta.url);

/** @param path JSON of the sample's shape. @throws where the file is missing or of another shape. */
export function readLegalTexts(path: string | undefined): LegalTexts {
  return schema.parse(JSON.parse(readFileSync(path ?? SAMPLE, 'utf8')));
}

/** Also where the version was changed and the words were left as they came. */
export function isSample(texts: LegalTexts): boolean {
  const sample = readLegalTexts(undefined);
  return (['terms', 'privacy', 'disclaimer'] as const).some(
    (name) =>
      texts[name].version.startsWith('sample') || texts[name].paragraphs[0] === sample[name].paragraphs[0],
  );
}
