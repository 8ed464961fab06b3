import type { CountryCode } from 'libphonenumber-js/max';

/**
 * Every rule with a number in it. Durations are milliseconds, counts are plain numbers.
 * Configuration overrides single entries; the workflow never sees this file, it is handed the absolute times that follow from it.
 */
export interface Policy {
  /** How long an invitation can be answered. */
  inviteExpiry: number;
  /** When an unanswered invitation is mailed again, counted from the invitation. */
  inviteReminders: readonly number[];
  /** From the mail server's acceptance of the verification mail to the block. */
  verifyWindow: number;
  /** How long before the block the reminder goes out. */
  verifyReminder: number;
  /** After this long without acceptance of a mail or text, support is told. */
  undeliveredAfter: number;
  /** An account whose verification mail was never accepted is blocked this long after its creation. */
  unverifiedLimit: number;
  /** A click received in time may still be on its way: the block is written this long after the deadline. */
  blockGrace: number;
  /** How long the workflow of a blocked account stays around for support. */
  blockedRetention: number;
  /** From verification to the one reminder that the phone is still missing. */
  enrolReminder: number;
  codeLifetime: number;
  /** "Send again" repeats the same code while at least this much of its life is left. */
  codeReuse: number;
  /** Tries for one code. */
  codeTries: number;
  /** Consecutive wrong codes before the account is locked (NIST SP 800-63B §3.2.2 allows up to 100). */
  codeFailureCap: number;
  /** The first lock; each in a row lasts twice as long as the one before. */
  codeLock: number;
  /** How long the secret for an authenticator app waits for the app's first code. */
  authenticatorSetup: number;
  /** From the asking to the end of a link for a new password. */
  resetLifetime: number;
  /** Between two sends of the same thing to the same person. */
  resendCooldown: number;
  /** Between two requests for a new invitation. */
  askAgainCooldown: number;
  /** Something written in the chat and not read for this long becomes a mail. */
  chatMailAfter: number;
  /** Somebody who is told of a step is told by then or not at all (`scheduleToCloseTimeout` in workflows/notice.ts). */
  noticesTriedFor: number;
  /** A mail or text that no provider has taken for this long is late, and its page says so. */
  lateAfter: number;
  sessionIdle: number;
  sessionAbsolute: number;
  /** How long an invitation that ended without an account that was verified is kept. */
  retainEnded: number;
  /** How long the records of mails and texts are kept. */
  retainMessages: number;
  /** How long a conversation with support is kept after its last message. */
  retainConversations: number;
  /** Countries (ISO 3166-1 alpha-2) to whose mobile numbers texts are sent. */
  textCountries: readonly CountryCode[];
  /** Country assumed for numbers typed without a prefix. */
  homeCountry: CountryCode;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const DEFAULT_POLICY: Policy = {
  inviteExpiry: 7 * DAY,
  inviteReminders: [3 * DAY, 6 * DAY],
  verifyWindow: 24 * HOUR,
  verifyReminder: 4 * HOUR,
  undeliveredAfter: HOUR,
  unverifiedLimit: 7 * DAY,
  blockGrace: 30 * SECOND,
  blockedRetention: 30 * DAY,
  enrolReminder: DAY,
  codeLifetime: 10 * MINUTE,
  codeReuse: 5 * MINUTE,
  codeTries: 5,
  codeFailureCap: 10,
  codeLock: HOUR,
  authenticatorSetup: 10 * MINUTE,
  resetLifetime: 30 * MINUTE,
  resendCooldown: 30 * SECOND,
  askAgainCooldown: DAY,
  chatMailAfter: 10 * MINUTE,
  noticesTriedFor: 7 * DAY,
  lateAfter: 2 * MINUTE,
  sessionIdle: 30 * MINUTE,
  sessionAbsolute: 12 * HOUR,
  retainEnded: 90 * DAY,
  retainMessages: 90 * DAY,
  retainConversations: 365 * DAY,
  textCountries: [
    'GB',
    'IE',
    'US',
    'CA',
    'AU',
    'NZ',
    'DE',
    'AT',
    'CH',
    'FR',
    'BE',
    'NL',
    'LU',
    'ES',
    'PT',
    'IT',
    'DK',
    'SE',
    'NO',
    'FI',
    'PL',
    'GR',
  ],
  homeCountry: 'GB',
};

/** A span of time as people say it. */
export interface Span {
  length: number;
  unit: 'day' | 'hour' | 'minute' | 'second';
}

/** In the largest unit of which it is several: 24 hours, 2 days, 60 minutes. @param milliseconds of a whole second or more */
export function inWholeUnits(milliseconds: number): Span {
  const units = [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
  ] as const;
  const [unit, each] = units.find(([, size]) => milliseconds % size === 0 && milliseconds > size) ?? [
    'second',
    SECOND,
  ];
  return { length: milliseconds / each, unit };
}
