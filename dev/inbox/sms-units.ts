/** GSM 03.38: the basic alphabet, and the characters that take an escape before them. */
const BASIC =
  /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà\f^{}\\[~\]|€]*$/;
const ESCAPED = /[\f^{}\\[~\]|€]/g;

/**
 * How many messages a text is sent as: 160 characters of GSM 03.38, else 70 of UCS-2; in several parts 153 or 67
 * each. `tooLong` by Plivo's limits, 1600 and 737 characters (plivo.com/docs/messaging/api/message/send-a-message).
 */
export function smsUnits(text: string): { units: number; tooLong: boolean } {
  const gsm = BASIC.test(text);
  const length = text.length + (gsm ? (text.match(ESCAPED)?.length ?? 0) : 0);
  const [single, part, limit] = gsm ? [160, 153, 1600] : [70, 67, 737];
  return { units: length <= single ? 1 : Math.ceil(length / part), tooLong: length > limit };
}
