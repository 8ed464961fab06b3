import type { Store } from '../store/open.js';
import type { Policy } from '../store/policy.js';
import type { Keyring } from '../store/secrets.js';
import { databaseSteps } from './database-steps.js';
import type { Mailer } from './providers/mailer.js';
import type { Texter } from './providers/texter.js';
import { sendCode } from './send-code.js';
import { sendMail } from './send-mail.js';
import { sendNotice } from './send-notice.js';
import { type Nudge, sweepOnce } from './sweep.js';

export type { MailKind } from './send-mail.js';
export type { SweepCounts } from './sweep.js';

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
  clock: () => Date;
  brand: Brand;
}

export interface Brand {
  brandName: string;
  supportEmail: string;
  /** Origin that links are built from. */
  publicUrl: string;
}

export type Activities = ReturnType<typeof createActivities>;

/** Each may run twice, even without a crash: all are idempotent. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...databaseSteps(dependencies),
    sendMail: sendMail(dependencies),
    sendNotice: sendNotice(dependencies),
    sendCode: sendCode(dependencies),
    sweepOnce: sweepOnce(dependencies),
  };
}
