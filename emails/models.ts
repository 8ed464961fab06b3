/**
 * What each mail needs to know. One typed model a mail; the template, the text part and the gallery are checked against it.
 * Times are instants: the renderer words them in `MailContext.timeZone`, with the zone named.
 */
export interface MailModels {
  /** To the invited person: who invites, to which team, until when. `message` is what the inviter typed. */
  invitation: {
    firstName?: string;
    inviterName: string;
    teamName: string;
    message?: string;
    url: string;
    inviteBy: Date;
  };
  'invitation-reminder': {
    firstName?: string;
    inviterName: string;
    teamName: string;
    url: string;
    inviteBy: Date;
  };
  /** `verifyBy` is render time plus the window, never later than what is enforced. */
  verification: { firstName?: string; url: string; verifyBy: Date };
  'verification-reminder': { firstName?: string; url: string; verifyBy: Date };
  blocked: { firstName?: string };
  /** Support opened another window: a new link with a new deadline. */
  'new-window': { firstName?: string; url: string; verifyBy: Date };
  'enrolment-reminder': { firstName?: string; signInUrl: string };
  /** To the old and to the new address. `newAddress` is masked by the caller for the old one. */
  'address-changed': { firstName?: string; newAddress: string };
  'number-changed': { firstName?: string; lastDigits: string };
  /** To the inviter. */
  'invitation-expired': { inviteeName: string; teamName: string; dashboardUrl: string };
  'invitation-revoked': { inviteeName: string; teamName: string };
  'invitation-stuck': { inviteeName: string; teamName: string; problem: StuckProblem };
  /** To the inviter: the invited person found the link expired and asks for another. */
  'invitation-requested': { inviteeName: string; teamName: string; dashboardUrl: string };
  /** To the support address: somebody has waited in the chat since then. Says neither who nor what. */
  'chat-waiting': { url: string; since: Date };
  /** To the person: support has answered in the chat. The answer itself is read there. */
  'chat-answered': { firstName?: string; url: string };
  /** A link for a new password; `resetBy` is when it ends. */
  'password-reset': { firstName?: string; url: string; resetBy: Date };
  'password-changed': { firstName?: string };
  /** The authenticator app or the recovery codes: set up, removed, made anew, used. Or codes are locked after too many wrong ones. */
  'sign-in-notice': { firstName?: string; change: SignInChange };
}

export type MailKind = keyof MailModels;

export type StuckProblem = 'invitation-undeliverable' | 'verification-undeliverable' | 'text-undeliverable';

export type SignInChange =
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'codes-locked';

/** What all mails share: from configuration and from the person's team. */
export interface MailContext {
  brandName: string;
  supportEmail: string;
  /** In which an address has to be verified. */
  verifyWindow: { length: number; unit: 'day' | 'hour' | 'minute' | 'second' };
  /** IANA zone in which times are worded. */
  timeZone: string;
  /** BCP 47; a language without a catalogue falls back to English. */
  locale: string;
}

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
}
