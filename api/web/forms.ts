import type { Request } from 'express';
import { z } from 'zod';
import { DomainError } from '../errors.js';

const field = z.string().default('');

/**
 * The fields of a form as strings, untouched; a field that is absent is empty.
 * @throws DomainError `bad-request` on a repeated or unknown field: those no page of ours sends.
 */
export function readForm<Name extends string>(req: Request, names: readonly Name[]): Record<Name, string> {
  const shape = Object.fromEntries(names.map((name) => [name, field]));
  const result = z.strictObject({ ...shape, _csrf: field }).safeParse(req.body ?? {});
  if (!result.success)
    throw new DomainError('bad-request', { detail: 'The form has unknown or repeated fields' });
  return result.data as Record<Name, string>;
}

/** For body-parser's `verify`: the one unknown field that its parser drops without a word. */
export function refusePrototype(_req: unknown, _res: unknown, body: Buffer): void {
  if (new URLSearchParams(body.toString()).has('__proto__'))
    throw Object.assign(new Error('A field named __proto__'), { status: 400 });
}

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
