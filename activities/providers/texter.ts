import { Client } from 'plivo';
import { plivoFailure } from './plivo-failure.js';
import { ProviderError } from './provider-error.js';

export interface Texter {
  /**
   * Hands one text to Plivo. `to` is E.164; `statusUrl` gets the delivery reports.
   * @returns Plivo's uuid of the message
   * @throws ProviderError, never anything of the client's own
   */
  send(message: { to: string; text: string; statusUrl: string }): Promise<{ providerId: string }>;
}

/**
 * Texts through Plivo's Message API (plivo.com/docs/messaging/api/messages).
 * `apiUrl` is an origin such as `https://api.plivo.com`; `timeoutMs` must stay below the activity's own time-out.
 */
export function createTexter({
  authId,
  authToken,
  sender,
  apiUrl,
  timeoutMs,
}: {
  authId: string;
  authToken: string;
  sender: string;
  apiUrl: string;
  timeoutMs: number;
}): Texter {
  const url = new URL(`/v1/Account/${encodeURIComponent(authId)}`, apiUrl).href;
  const client = new Client(authId, authToken, { url, timeout: timeoutMs });

  return {
    async send({ to, text, statusUrl }) {
      // Plivo reads `<` as a separator of several numbers; one code must go to one phone.
      if (!/^\+[1-9]\d{6,14}$/.test(to)) throw new ProviderError({ kind: 'refused', code: 'bad-number' });
      try {
        // `log: 'false'`: Plivo keeps neither the text nor the whole number.
        const options = { url: statusUrl, method: 'POST', log: 'false' };
        const answer: unknown = await client.messages.create(sender, to.slice(1), text, options);
        return { providerId: onlyUuid(answer) };
      } catch (thrown) {
        throw thrown instanceof ProviderError ? thrown : plivoFailure(thrown);
      }
    },
  };
}

/** A proxy's HTML page with status 200 resolves as an empty answer: only exactly one uuid counts as acceptance. */
function onlyUuid(answer: unknown): string {
  const uuids = answer instanceof Object && 'messageUuid' in answer ? answer.messageUuid : undefined;
  const [uuid, ...more] = Array.isArray(uuids) ? uuids : [];
  if (typeof uuid !== 'string' || uuid === '' || more.length > 0) {
    throw new ProviderError({ kind: 'unreachable', code: 'no-message-uuid' });
  }
  return uuid;
}
