/** Longest first or last name, in code points. */
const LONGEST_NAME = 80;
/** Controls and line breaks (Unicode categories Cc, Zl, Zp, Cs, Co), and marks that turn the direction of the text around them. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** One line of text in its canonical form (NFC, single spaces), or why not. */
export function readLine(
  text: string,
  longest = LONGEST_NAME,
): { line: string } | { refusal: 'too-long' | 'unprintable' } {
  const line = text.normalize('NFC').trim().replaceAll(/ {2,}/g, ' ');
  if (UNPRINTABLE.test(line)) return { refusal: 'unprintable' };
  return [...line].length > longest ? { refusal: 'too-long' } : { line };
}
