import { createTransport } from 'nodemailer';
import { assertSafeEnvelope } from './mail-safety.js';
import { ProviderError } from './provider-error.js';

export interface OutgoingMail {
  to: string;
  subject: string;
  html: string;
  text: string;
  /** With its angle brackets, RFC 5322 §3.6.4; the same for every try of one message. */
  messageId: string;
  /** BCP 47. */
  locale: string;
}

export interface Mailer {
  /**
   * Resolves only when the server has accepted the message after DATA (RFC 5321 §4.1.1.4).
   * @throws ProviderError, never anything of the transport's own
   */
  send(mail: OutgoingMail): Promise<void>;
  /** Lets deliveries under way finish and closes idle connections. */
  close(): void;
}

/**
 * Mail over pooled SMTP connections. Outside of one machine give `smtps://` or `?requireTLS=true` in `smtpUrl`;
 * `timeoutMs` bounds one whole delivery, waiting for a free connection included.
 */
export function createMailer({
  smtpUrl,
  from,
  timeoutMs,
}: {
  smtpUrl: string;
  from: string;
  timeoutMs: number;
}): Mailer {
  const transport = createTransport({
    pool: true,
    url: smtpUrl,
    // The caller's retries are paced and seen by support; the pool's own would be neither.
    maxRequeues: 0,
  });

  return {
    async send({ to, subject, html, text, messageId, locale }) {
      assertSafeEnvelope({ to, subject, messageId, locale });
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          html,
          text,
          messageId,
          // RFC 3834 §5: keeps holiday replies away.
          headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
          signal: AbortSignal.timeout(timeoutMs),
        });
      } catch (thrown) {
        throw smtpFailure(thrown);
      }
    },
    close: () => transport.close(),
  };
}

/** Commands whose permanent reply is about this message; elsewhere it is about our account or the whole server. */
const ABOUT_THE_MESSAGE = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function smtpFailure(thrown: unknown): ProviderError {
  const error: Record<string, unknown> = thrown instanceof Error ? { ...thrown } : {};
  if (typeof error['responseCode'] === 'number') {
    const refused = error['permanent'] === true && ABOUT_THE_MESSAGE.has(String(error['command']));
    return new ProviderError({ kind: refused ? 'refused' : 'busy', code: String(error['responseCode']) });
  }
  if (error['code'] === 'EABORT') return new ProviderError({ kind: 'unreachable', code: 'ETIMEDOUT' });
  const code = String(error['originalCode'] ?? error['code']);
  return new ProviderError({
    kind: 'unreachable',
    code: /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no-answer',
  });
}
