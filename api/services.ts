import type { Logger } from 'pino';
import type { LegalTexts } from '../config/legal-texts.js';
import type { Metrics } from '../monitoring/metrics.js';
import type { Tracing } from '../monitoring/tracing.js';
import type { Store } from '../store/open.js';
import type { Policy } from '../store/policy.js';
import type { Keyring } from '../store/secrets.js';
import type { Gateway } from '../workflows/client/gateway.js';
import type { Passwords } from './passwords.js';
import type { Teller } from './telling.js';
import type { Render } from './views/render.js';

/** What the doors work with; `main.ts` composes it. */
export interface Services {
  store: Store;
  keyring: Keyring;
  policy: Policy;
  gateway: Pick<Gateway, 'ping' | 'act' | 'live' | 'seen' | 'startBatch'>;
  tell: Teller;
  passwords: Passwords;
  render: Render;
  clock: () => Date;
  log: Logger;
  /** Absent: no traces. */
  tracing?: Tracing | undefined;
  metrics: Pick<Metrics, 'request' | 'linkVisited' | 'signedIn' | 'charged'>;
  /** Aborted when the doors close: ends what would otherwise stay open. */
  stopping: AbortSignal;
  legalTexts: LegalTexts;
  legalTextsAreFinal: boolean;
  settings: Settings;
}

export interface Settings {
  /** Origin of every link, and the only one that forms may come from. */
  publicUrl: string;
  brandName: string;
  supportEmail: string;
  portalUrl: string;
  trustProxy: boolean | number | string;
  plivoAuthToken: string;
  /** Temporal's UI at this namespace; absent: no links to it. */
  temporalUiUrl?: string;
}
