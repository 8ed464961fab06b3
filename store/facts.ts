/** The stages of an onboarding; the diagram is in docs/architecture.md. */
export const STAGES = [
  'invited',
  'verifying',
  'enrolling',
  'confirming',
  'active',
  'suspended',
  'blocked',
  'expired',
  'revoked',
  'erased',
] as const;
export type Stage = (typeof STAGES)[number];

const ROLES = ['clinician', 'team-lead', 'support'] as const;
export type Role = (typeof ROLES)[number];

export const LINK_PURPOSES = ['invitation', 'verification', 'password-reset'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A link that was mailed. Its token is derived when needed (see secrets.ts); only the id is kept. */
export interface Link {
  id: string;
  purpose: LinkPurpose;
  issuedAt: Date;
  /** How often its mail was asked for. */
  sends: number;
  lastSendAt: Date;
  /** When the mail server first took a mail with it. */
  acceptedAt?: Date;
  /** Where the link has an end of its own, whatever the stage. */
  expiresAt?: Date;
  outcome?: 'used' | 'superseded' | 'expired';
  /** Made by support's new window: its mail says so. */
  reopened?: true;
}

export type ChallengePurpose = 'enrolment' | 'sign-in';

/** A texted code: bound to a person (the document it is in), a session, a number and a purpose. */
export interface Challenge {
  id: string;
  purpose: ChallengePurpose;
  /** Keyed hash of the code. */
  codeHash: string;
  /** E.164. */
  number: string;
  sessionId: string;
  issuedAt: Date;
  expiresAt: Date;
  /** How often its text was asked for: the code stays, each text has a record of its own. */
  sends: number;
  lastSendAt: Date;
  triesLeft: number;
  consumedAt?: Date;
}

/** What only the keys open (see sealing.ts). */
export interface Sealed {
  /** Tells the keys apart without telling any, so that what an older one has sealed is found. */
  keyId: string;
  box: string;
}

/** An app that makes codes from a secret and the time (RFC 6238). */
export interface Authenticator {
  id: string;
  secret: Sealed;
  addedAt: Date;
  /** Time step of the last code that counted: it counts no second time, and none of before it. */
  lastStep: number;
  /** The session that signed in with that code. */
  lastSessionId?: string;
}

/** A secret that was shown to be put into an app. It counts nowhere until the app's first code has come back. */
export interface PendingAuthenticator {
  id: string;
  secret: Sealed;
  /** The session that it was shown in. */
  sessionId: string;
  issuedAt: Date;
}

/** A list of codes for when nothing else works. Making another one voids it. */
export interface RecoveryCodes {
  id: string;
  madeAt: Date;
  codes: RecoveryCode[];
}

export interface RecoveryCode {
  /** In the list, from 1: the code begins with it, so that one hash is compared a try. */
  position: number;
  /** argon2id. */
  hash: string;
  usedAt?: Date;
  /** The session that signed in with it. */
  sessionId?: string;
}

export type Problem = 'invitation-undeliverable' | 'verification-undeliverable' | 'text-undeliverable';

export type ActorKind = 'clinician' | 'team-lead' | 'support' | 'api-key' | 'service';

/** Who did it: ids only, so that the trail outlives an erasure. */
export interface Actor {
  kind: ActorKind;
  id?: string;
}

export const SERVICE: Actor = { kind: 'service' };

export const EVENT_TYPES = [
  'invited',
  'invitation-mail-accepted',
  'invitation-expired',
  'account-created',
  'verification-mail-accepted',
  'verification-mail-requested',
  'email-verified',
  'blocked',
  'number-entered',
  'code-confirmed',
  'activated',
  'disclaimer-acknowledged',
  'sign-in-code-requested',
  'code-sent-again',
  'text-accepted',
  'signed-in',
  'needs-support',
  'email-corrected',
  'new-link-requested',
  'resent',
  'window-opened',
  'number-removed',
  'unlocked',
  'revoked',
  'suspended',
  'reinstated',
  'chat-unanswered',
  'chat-unread',
  'password-reset-requested',
  'password-reset',
  'password-changed',
  'authenticator-begun',
  'authenticator-added',
  'authenticator-removed',
  'recovery-codes-made',
  'recovery-code-used',
  'codes-locked',
  'revived',
  'erased',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export type NoticeKind =
  | 'address-changed'
  | 'number-changed'
  | 'invitation-expired'
  | 'invitation-revoked'
  | 'invitation-stuck'
  | 'invitation-requested'
  | 'chat-waiting'
  | 'chat-answered'
  | 'password-reset'
  | 'password-changed'
  | 'sign-in-notice';

/** What happened to somebody's ways of signing in; the events have the same names. */
export type SignInChange =
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'codes-locked';

/** The two who write to each other in the chat. */
export type ChatSide = 'person' | 'support';

/** A mail that a step calls for beside what the stage sends, also where the workflow has ended. Kept until the mail server has it. */
export interface Notice {
  /** Random: a `seq` comes a second time where the database was restored from a backup, and the mail is another one. */
  id: string;
  kind: NoticeKind;
  /** An address, or one of the words `inviter`, `support`, `person`. */
  to: string;
  /** When the step called for it: nobody is told of what happened long ago. */
  at?: Date;
  /** What was written in the chat has waited since then: the mail is void once that is over. */
  since?: Date;
  /** The link that the mail carries: the mail is void once another one counts, or none. */
  linkId?: string;
  /** What the mail tells of. */
  change?: SignInChange;
}

/** One step of an onboarding, pushed into the outbox by the write that decided it. */
export interface OnboardingEvent {
  /** `<onboarding id>:<seq>` */
  id: string;
  seq: number;
  type: EventType;
  at: Date;
  actor: Actor;
  /** Ids, versions and counts; never anything personal. */
  data?: Record<string, string | number>;
}

/** Everything about one onboarding: one document, so that one conditional write decides each step. */
export interface Onboarding {
  _id: string;
  email: string;
  /** Equal to `email` while this onboarding claims the address: the unique index on it keeps one open onboarding an address. */
  emailSlot?: string;
  firstName?: string;
  lastName?: string;
  role: Role;
  teamId: string;
  /** `name` is what the mail shows. */
  invitedBy: Actor & { name: string };
  message?: string;
  locale: string;
  /** Hash of the request that made it, so that a replay of an Idempotency-Key is told from a reuse. */
  requestHash?: string;

  stage: Stage;
  stageSince: Date;
  /** Counts the workflows of this onboarding: a blocked person who is let in again gets another one, and so does a revival. */
  attempt: number;
  /** Goes up by one with each step; every step is conditional on it. */
  seq: number;
  outbox: OnboardingEvent[];
  notices: Notice[];
  /** Since when a step has not been told to the workflow; the sweeper tells it. */
  untoldSince?: Date;
  /** Since when the outbox holds events that the audit trail lacks; filing copies them there. */
  unfiledSince?: Date;
  /** When the workflow should have acted by itself; the sweeper nudges it after that. */
  dueAt?: Date;

  createdAt: Date;
  inviteBy: Date;
  /** The last links, those of the way in newest last. */
  links: Link[];
  /** The only link of the way in that counts. */
  linkId?: string;
  /** The only link for a new password that counts. */
  resetLinkId?: string;

  /**
   * `generation` counts the passwords, apps and lists of recovery codes, and what else ends all sessions, from 0 where it is absent: a
   * session ends with the generation that it was opened in, but for the one that the change was made in.
   */
  account?: { passwordHash: string; createdAt: Date; generation?: number; keptSession?: string };
  /** A correction has voided an account: when, and the generation that the next one begins with. */
  voided?: { at: Date; generation: number };
  /** API keys that this person made before then open nothing any more, whatever their records say. */
  keysEndedAt?: Date;
  terms?: { version: string; digest: string; acceptedAt: Date };
  /** Absent until the verification mail was accepted: absent counts as open. */
  verifyBy?: Date;
  verifiedAt?: Date;
  blockedAt?: Date;

  phone?: string;
  challenge?: Challenge;
  authenticator?: Authenticator;
  pendingAuthenticator?: PendingAuthenticator;
  recoveryCodes?: RecoveryCodes;
  /** Consecutive wrong codes, over all challenges and whatever the codes are from. */
  codeFailures: number;
  lockedUntil?: Date;
  /** Locks without a right code between them: each lasts twice as long as the one before. */
  locksInARow?: number;
  activatedAt?: Date;
  disclaimer?: { version: string; digest: string; acknowledgedAt: Date };
  needsSupport?: { problem: Problem; since: Date };
  /** How often the person corrected the own address. */
  emailCorrections?: number;
  /** The account is at another address than its invitation went to. */
  addressCorrected?: true;
  /** Of each side of the chat, since when it had not read what it was last mailed about. */
  chatMails?: Partial<Record<ChatSide, Date>>;
  /** When the person last asked for a new invitation. */
  askedAt?: Date;
  /**
   * What is needed to find the traces of an erased person elsewhere; goes when they are erased. `unasked`: this document's time
   * was up, and nobody asked for whoever has its address to be erased everywhere.
   */
  erasing?: { email: string; phone?: string; unasked?: true };
  /** When the sweeper last saw to it in vain, or had to nudge it: it comes behind the others then. */
  sweptAt?: Date;
  /** Why staff acted, by the event's seq. The trail holds a salted digest only, so that it outlives an erasure. */
  reasons?: { seq: number; text: string; salt: string }[];
}
