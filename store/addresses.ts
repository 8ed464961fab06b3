import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Policy } from './policy.js';

const email = z.email().max(254);
/** Printable ASCII only: look-alike letters and Unicode case folding can then make no two people one (SECURITY.md rows 29 and 30). */
const ASCII = /^[\x21-\x7e]+$/;

/**
 * The one form of an address: what is compared, stored and mailed to.
 * @returns undefined where it is no address that this service mails to. Local part ≤ 64 (RFC 5321 §4.5.3.1.1).
 */
export function canonicalEmail(input: string): string | undefined {
  const trimmed = input.trim();
  if (!ASCII.test(trimmed.slice(0, 255)) || !email.safeParse(trimmed).success) return undefined;
  if (trimmed.indexOf('@') > 64) return undefined;
  return trimmed.toLowerCase();
}

export type PhoneRefusal = 'phone-invalid' | 'phone-not-mobile' | 'phone-country-not-served';
/** ASCII digits and the usual separators, 32 characters at most: nothing else reaches the parser. */
const PHONE = /^[\d\s()+./-]{4,32}$/;

/**
 * The one E.164 form of a mobile number, written in any usual way.
 * Without a prefix it is read as a number of the home country. Where a plan does not tell mobile from fixed (North America) it is accepted.
 */
export function canonicalMobile(
  input: string,
  policy: Pick<Policy, 'homeCountry' | 'textCountries'>,
): { number: string } | { refusal: PhoneRefusal } {
  const trimmed = input.trim();
  if (!PHONE.test(trimmed)) return { refusal: 'phone-invalid' };
  const phone = parsePhoneNumberFromString(trimmed, { defaultCountry: policy.homeCountry, extract: false });
  if (!phone?.isValid() || phone.ext) return { refusal: 'phone-invalid' };
  const type = phone.getType();
  if (type !== 'MOBILE' && type !== 'FIXED_LINE_OR_MOBILE') return { refusal: 'phone-not-mobile' };
  if (!phone.country || !policy.textCountries.includes(phone.country))
    return { refusal: 'phone-country-not-served' };
  return { number: phone.number };
}

/** Country of an E.164 number (ISO 3166-1 alpha-2). */
export const countryOf = (number: string): string | undefined => parsePhoneNumberFromString(number)?.country;

/** `•••• 123`: enough for its owner to know it again. */
export const lastDigits = (number: string): string => number.slice(-3);
