import type { Onboarding } from '../store/facts.js';
import type { Store } from '../store/open.js';
import type { Policy } from '../store/policy.js';
import type { Keyring } from '../store/secrets.js';
import type { Mailer } from './providers/mailer.js';
import type { Texter } from './providers/texter.js';

/** What the activities work with. `clock` is injected so that skipped time is skipped here too. */
export interface ActivityDependencies {
  store: Store;
  policy: Policy;
  keyring: Keyring;
  mailer: Mailer;
  texter: Texter;
  nudge: Nudge;
  /** Starts the mails to others that a step has called for. */
  notify: Nudge;
  /** Starts the workflow of a batch of invitations. */
  startBatch: (batchId: string) => Promise<void>;
  clock: () => Date;
  brand: Brand;
}

export interface Brand {
  brandName: string;
  supportEmail: string;
  /** Origin that links are built from. */
  publicUrl: string;
}

/** Tells Temporal about an onboarding; the worker hands in the gateway's. */
type Nudge = (onboarding: Onboarding) => Promise<void>;
