/**
 * What a provider's failure means for the message:
 * - `refused`: this message will never be accepted; trying again is pointless.
 * - `busy`: the provider answered, but not now, or its account needs an operator's hand; try again later.
 * - `unreachable`: no usable answer, so the message may or may not have been accepted; try again later.
 */
export type ProviderErrorKind = 'refused' | 'busy' | 'unreachable';

/**
 * The only error that the texter and the mailer throw. It ends in logs and in Temporal's history, so it carries
 * a kind and a short code, and neither the provider's words nor its error as a cause: those quote numbers,
 * addresses and the whole request with the texted code.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  /** A status or reply code such as `429` or `550`, or a word such as `ECONNREFUSED`. */
  readonly code: string;
  /** Seconds to wait before the next try, where the provider's terms give them. */
  readonly retryAfterSeconds?: number;

  constructor({ kind, code, retryAfterSeconds }: Pick<ProviderError, 'kind' | 'code' | 'retryAfterSeconds'>) {
    super(`provider ${kind} (${code})`);
    this.kind = kind;
    this.code = code;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}
