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

/** What mail programs turn into a link by themselves: an address with its scheme or `www.`, */
const PLAIN_LINK = /:\/\/|\bwww\./iu;
/** or a bare domain. A full stop, in any width, with no space behind it. */
const DOMAIN = /[\p{L}\p{N}][.\u3002]\p{L}{2}/u;

/** Whether a text holds a web address. Letters of other widths are those that a program takes them for (NFKC). */
export const hasLink = (text: string): boolean => PLAIN_LINK.test(text.normalize('NFKC'));

/** A person's name in its canonical form, or why not. It stands in mails to others, where it must not become a link. */
export function readName(
  text: string,
): { line: string } | { refusal: 'too-long' | 'unprintable' | 'has-link' } {
  const read = readLine(text);
  if ('refusal' in read) return read;
  return hasLink(read.line) || DOMAIN.test(read.line.normalize('NFKC')) ? { refusal: 'has-link' } : read;
}
