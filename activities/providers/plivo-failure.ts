import { ProviderError } from './provider-error.js';

/** Plivo's account limit is 300 requests in 5 seconds (docs.plivo.com, API overview); its client hides `Retry-After`. */
const RATE_WINDOW_SECONDS = 5;

/**
 * Statuses that say nothing against the message: wrong or suspended credentials, no credit, a wrong address of the
 * API, rate limits. An operator or time puts them right, and no onboarding should be lost meanwhile.
 */
const NOT_ABOUT_THE_MESSAGE = new Set([401, 402, 404, 405, 406, 408, 429]);

/** Names of network failures that may be shown; everything else in those strings is dropped. */
const NETWORK_CODE =
  /\b(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)\b/;

/**
 * Turns whatever the plivo client rejects with into a `ProviderError`, keeping only codes. The client (4.79) rejects
 * with errors that have a status, with plain errors whose text ends in the status (429, 503), and, where there was
 * no answer at all, with a stack as a string.
 */
export function plivoFailure(thrown: unknown): ProviderError {
  const status = statusOf(thrown);
  if (status === undefined) return new ProviderError({ kind: 'unreachable', code: networkCodeOf(thrown) });
  const code = String(status);
  if (status === 429)
    return new ProviderError({ kind: 'busy', code, retryAfterSeconds: RATE_WINDOW_SECONDS });
  const refused = status >= 400 && status < 500 && !NOT_ABOUT_THE_MESSAGE.has(status);
  return new ProviderError({ kind: refused ? 'refused' : 'busy', code });
}

function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('status' in thrown && typeof thrown.status === 'number') return thrown.status;
  const quoted = /status code (\d{3})\b/.exec(String(thrown.message))?.[1];
  return quoted === undefined ? undefined : Number(quoted);
}

function networkCodeOf(thrown: unknown): string {
  const text = String(thrown).slice(0, 500);
  if (/timeout of \d+ms exceeded/.test(text)) return 'ETIMEDOUT';
  if (text.includes('socket hang up')) return 'ECONNRESET';
  return NETWORK_CODE.exec(text)?.[1] ?? 'no-answer';
}
