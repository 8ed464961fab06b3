import type { Mailer } from '../activities/providers/mailer.js';
import { ProviderError, type ProviderErrorKind } from '../activities/providers/provider-error.js';
import type { Texter } from '../activities/providers/texter.js';
import type { Metrics, Provider } from '../monitoring/metrics.js';
import { type Tracing, traced } from '../monitoring/tracing.js';
import { countryOf } from '../store/addresses.js';

const CALL: Record<Provider, string> = { mail: 'mail server', text: 'text provider' };

/** The providers, with every call counted, timed and, where traces are on, a span. */
export function metered(
  { mailer, texter }: { mailer: Mailer; texter: Texter },
  metrics: Pick<Metrics, 'provided' | 'texted'>,
  tracing?: Tracing,
): { mailer: Mailer; texter: Texter } {
  async function timed<T>(provider: Provider, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1_000;
    try {
      const answer = await traced(tracing, { name: CALL[provider], kind: 'client' }, call);
      metrics.provided({ provider, result: 'accepted', seconds: seconds() });
      return answer;
    } catch (error) {
      const result: ProviderErrorKind = error instanceof ProviderError ? error.kind : 'unreachable';
      metrics.provided({ provider, result, seconds: seconds() });
      throw error;
    }
  }

  return {
    mailer: { send: (mail) => timed('mail', () => mailer.send(mail)), close: () => mailer.close() },
    texter: {
      async send(text) {
        const answer = await timed('text', () => texter.send(text));
        metrics.texted(countryOf(text.to) ?? 'unknown');
        return answer;
      },
    },
  };
}
