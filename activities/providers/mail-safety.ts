import { ProviderError } from './provider-error.js';

/**
 * One mailbox without quoting, comments, groups, lists or control characters: a narrow part of RFC 5321 §4.1.2, so
 * that no two programs on the way can read two different recipients into it.
 */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,255}$/u;
const MESSAGE_ID = /^<[^\s@<>\p{C}]{1,200}@[^\s@<>\p{C}]{1,200}>$/u;
const LOCALE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

/**
 * Refuses whatever could become another header or another recipient.
 * @throws ProviderError `refused`: such a message is wrong however often it is tried
 */
export function assertSafeEnvelope({
  to,
  subject,
  messageId,
  locale,
}: {
  to: string;
  subject: string;
  messageId: string;
  locale: string;
}): void {
  if (!ADDRESS.test(to)) throw new ProviderError({ kind: 'refused', code: 'bad-address' });
  if (/\p{Cc}/u.test(subject)) throw new ProviderError({ kind: 'refused', code: 'bad-subject' });
  if (!MESSAGE_ID.test(messageId)) throw new ProviderError({ kind: 'refused', code: 'bad-message-id' });
  if (!LOCALE.test(locale)) throw new ProviderError({ kind: 'refused', code: 'bad-locale' });
}
