import { beating } from './beating.js';
import { databaseSteps } from './database-steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { fileOnce } from './filing.js';
import { inviteRows } from './invite-rows.js';
import { retention } from './retention.js';
import { sendCode } from './send-code.js';
import { sendMail } from './send-mail.js';
import { sendNotice } from './send-notice.js';
import { sweepOnce } from './sweep.js';

export type { ActivityDependencies } from './dependencies.js';
export type { FilingCounts } from './filing.js';
export type { MailKind } from './send-mail.js';
export type { SweepCounts } from './sweep.js';

export type Activities = ReturnType<typeof createActivities>;

/** Each may run twice, even without a crash: all are idempotent. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...databaseSteps(dependencies),
    sendMail: sendMail(dependencies),
    sendNotice: sendNotice(dependencies),
    sendCode: sendCode(dependencies),
    inviteRows: inviteRows(dependencies),
    sweepOnce: beating(sweepOnce(dependencies)),
    fileOnce: beating(fileOnce(dependencies)),
    ...retention(dependencies),
  };
}
