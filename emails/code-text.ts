import { oneLine } from './values.js';
import { languageOf, translator } from './words.js';

/**
 * The text message with a code. The code comes first; the last line binds it to our origin, so that phones offer it on our page only:
 * "Origin-bound one-time codes delivered via SMS" (https://wicg.github.io/sms-one-time-codes/) and Apple's "Enabling AutoFill for
 * domain-bound SMS codes" (https://developer.apple.com/documentation/security/enabling-autofill-for-domain-bound-sms-codes).
 * `domain` is the bare host of the page: no scheme, no port. With the default brand in English it is one GSM-7 segment (160 septets).
 */
export function codeText({
  code,
  brandName,
  domain,
  locale,
}: {
  code: string;
  brandName: string;
  domain: string;
  locale: string;
}): string {
  const say = translator(languageOf(locale).code, { code, brandName: oneLine(brandName) });
  return `${say('codeText')}\n\n@${domain} #${code}`;
}
