import type { LinkPurpose } from '../../store/facts.js';
import type { Span } from '../../store/policy.js';
import type { SupportPeople, SupportPerson } from './support-models.js';
import type { TeamApiKeys, TeamBatch, TeamInvitations, TeamPerson, TeamPreview } from './team-models.js';

/**
 * What each page needs to know; `render(page, model, context)` is checked against it.
 * Instants are Dates: a page prints them in the team's zone, named, inside `<time datetime>` so that a browser with JavaScript can show them in its own.
 */
export interface FieldError {
  /** `name` and id of the input that the summary links to; absent: about the whole form. */
  field?: string;
  /** Key below `errors.` in the words. */
  code: string;
  values?: Record<string, string | number>;
}

/** Seconds until a session ends for lack of use, counted from the making of the page, and how long before that to warn. */
export interface SessionTime {
  secondsLeft: number;
  warningSeconds: number;
}

/** What every page has. */
export interface PageContext {
  /** Path of the request, for "this page" links. */
  path: string;
  csrfToken: string;
  /** Present when fully signed in: shown top right with the menu (contact support, account, sign out). */
  person?: { name: string };
  /** Present in an enrolment session (password only): just "Sign out" top right. */
  enrolling?: boolean;
  /** Answers from support that the person has not seen yet; absent: none. */
  unreadAnswers?: number;
  /** Present while somebody is signed in. */
  session?: SessionTime;
  errors: FieldError[];
  locale: string;
  /** IANA zone for times. */
  timeZone: string;
  brandName: string;
  supportEmail: string;
  /** In which an address has to be verified. */
  verifyWindow: Span;
  /** False only where configuration still carries the sample legal texts (development). */
  legalTextsAreFinal: boolean;
}

/** `late`: nobody has taken the message yet, and it should long have been taken. */
export type DeliveryState = 'sending' | 'late' | 'sent' | 'delivered' | 'failed';
export type LinkProblem = 'used' | 'expired' | 'superseded' | 'unknown' | 'revoked' | 'other-person';

export const ACCOUNT_CHANGES = ['password-changed', 'authenticator-added', 'authenticator-removed'] as const;

export interface PageModels {
  home: Record<string, never>;
  /** The pictures show pages of the sample brand: under another they would be taken for somebody else's. */
  help: { portalUrl: string; pictures: boolean };
  /** `linkId` goes back as a hidden field, so that a form cannot answer another invitation opened later in the same browser. */
  'create-account': {
    email: string;
    inviterName: string;
    teamName: string;
    linkId: string;
    values: { firstName: string; lastName: string; accepted: boolean };
  };
  /** `verifyBy` is absent until the mail server has accepted the mail. */
  'check-email': {
    email: string;
    delivery: DeliveryState;
    verifyBy?: Date;
    /** Shows the form that posts to /check-email/send-again. */
    canResend?: boolean;
    /** Shows the link to /check-email/change-address. */
    canChangeAddress?: boolean;
  };
  /** The page behind the mail's link: one button, `linkId` hidden. */
  verify: { email: string; linkId: string };
  /** A link that leads nowhere any more, and what to do instead. `askAgain` shows a button that tells the inviter. */
  'link-problem': {
    problem: LinkProblem;
    purpose: LinkPurpose;
    signInUseful: boolean;
    askAgain: boolean;
    /** The inviter has just been told. */
    asked?: boolean;
    /** Goes back as a hidden field when asking again. */
    linkId?: string;
    email?: string;
  };
  'change-address': { email: string; values: { email: string } };
  phone: { values: { phone: string }; canChangeAddress?: boolean };
  'two-step': {
    /** The last digits only. */
    lastDigits: string;
    purpose: 'enrolment' | 'sign-in';
    delivery: DeliveryState;
    expiresAt: Date;
    /** The code works no more, or there is none. */
    expired?: boolean;
    triesLeft: number;
    /** An authenticator app is set up. */
    app?: 'usable' | 'unreadable';
    /** There are some left. */
    recoveryCodes?: boolean;
  };
  'two-step-app': { recoveryCodes: boolean };
  'two-step-recovery': Record<string, never>;
  /** The code was right; the account is being unlocked. Refreshes itself each second. */
  unlocking: Record<string, never>;
  'sign-in': {
    values: { email: string };
    notice?: 'verified' | 'signed-out' | 'password-changed' | 'timed-out' | 'sign-in-to-go-on';
  };
  'forgotten-password': { values: { email: string } };
  /** `email` is what was typed; whether somebody has it the page does not know. */
  'password-reset-sent': { email: string; minutes: number };
  /** The page behind the mail's link, `linkId` hidden. */
  'reset-password': { email: string; linkId: string };
  'change-password': { email: string };
  blocked: { email: string };
  /** Oldest first. */
  'support-chat': {
    messages: { from: 'person' | 'support'; text: string; at: Date; passwordOnly?: true }[];
    /** Signed in without the second factor: what was written before is not shown. */
    sinceSignIn?: boolean;
    values: { message: string };
  };
  dashboard: {
    teams: { name: string }[];
    invitations: { name: string; email: string; stage: string; at: Date; inviteBy?: Date }[];
    portalUrl: string;
    /** Shows the way into the support console. */
    supportConsole?: true;
    /** Shows the way to the pages of team leads. */
    teamPages?: true;
    /** Present until acknowledged: shown over the page, and nothing else of the dashboard is sent. */
    disclaimer?: { version: string; paragraphs: string[] };
    /** Present when one has just been used. */
    recoveryCodesLeft?: number;
  };
  'invite-colleague': {
    values: { email: string; firstName: string; lastName: string; message: string };
    teamName: string;
  };
  account: {
    name: string;
    email: string;
    lastDigits: string;
    teamName: string;
    authenticator?: { since: Date; readable: boolean };
    recoveryCodesLeft: number;
    /** What has just been done. */
    done?: (typeof ACCOUNT_CHANGES)[number];
  };
  /** `since`: the app that is set up already. `expired`: the time for the first code was over. */
  authenticator: { email: string; since?: Date; expired?: true };
  /** The secret, as an address for apps and as a key for typing. */
  'authenticator-confirm': { uri: string; key: string; until: Date };
  'remove-authenticator': { email: string };
  'recovery-codes': { email: string; left: number };
  'recovery-codes-made': { codes: string[] };
  terms: { version: string; paragraphs: string[] };
  privacy: { version: string; paragraphs: string[] };
  cookies: { sessionIdle: Span; sessionAbsolute: Span };
  accessibility: Record<string, never>;
  'support-chats': { waiting: { id: string; name: string; unread: number; since: Date }[] };
  'support-conversation': PageModels['support-chat'] & {
    id: string;
    name: string;
    /** Present while the person has no answer; `seen` goes back as a hidden field, so that nothing newer is put away unread. */
    waiting?: { unread: number; seen: Date };
  };
  'support-people': SupportPeople;
  'support-person': SupportPerson;
  team: TeamInvitations;
  'team-person': TeamPerson;
  'team-invite-many': { teamName: string; csv: string };
  'team-preview': TeamPreview;
  'team-batch': TeamBatch;
  'team-api-keys': TeamApiKeys;
  /** Any refusal or failure as a page. `code` is a key below `errors.`; it says what became of the answers. */
  error: { status: number; code: string; retryAfterSeconds?: number };
}

export type PageName = keyof PageModels;
