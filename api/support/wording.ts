import { STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import type { EventType } from '../../store/facts.js';
import type { StuckReason, Suggestion } from './why-stuck.js';

/** Every event and the key of its title. An event that is not here does not build; a key without words fails the tests. */
const TITLES: Record<EventType, `support.events.${string}`> = {
  invited: 'support.events.invited',
  'invitation-mail-accepted': 'support.events.invitation-mail-accepted',
  'invitation-expired': 'support.events.invitation-expired',
  'account-created': 'support.events.account-created',
  'verification-mail-accepted': 'support.events.verification-mail-accepted',
  'verification-mail-requested': 'support.events.verification-mail-requested',
  'email-verified': 'support.events.email-verified',
  blocked: 'support.events.blocked',
  'number-entered': 'support.events.number-entered',
  'code-confirmed': 'support.events.code-confirmed',
  activated: 'support.events.activated',
  'disclaimer-acknowledged': 'support.events.disclaimer-acknowledged',
  'sign-in-code-requested': 'support.events.sign-in-code-requested',
  'code-sent-again': 'support.events.code-sent-again',
  'text-accepted': 'support.events.text-accepted',
  'signed-in': 'support.events.signed-in',
  'needs-support': 'support.events.needs-support',
  'email-corrected': 'support.events.email-corrected',
  'new-link-requested': 'support.events.new-link-requested',
  resent: 'support.events.resent',
  'window-opened': 'support.events.window-opened',
  'number-removed': 'support.events.number-removed',
  revoked: 'support.events.revoked',
  suspended: 'support.events.suspended',
  unlocked: 'support.events.unlocked',
  reinstated: 'support.events.reinstated',
  'chat-unanswered': 'support.events.chat-unanswered',
  'chat-unread': 'support.events.chat-unread',
  'password-reset-requested': 'support.events.password-reset-requested',
  'password-reset': 'support.events.password-reset',
  'password-changed': 'support.events.password-changed',
  'authenticator-begun': 'support.events.authenticator-begun',
  'authenticator-added': 'support.events.authenticator-added',
  'authenticator-removed': 'support.events.authenticator-removed',
  'recovery-codes-made': 'support.events.recovery-codes-made',
  'recovery-code-used': 'support.events.recovery-code-used',
  'codes-locked': 'support.events.codes-locked',
  revived: 'support.events.revived',
  erased: 'support.events.erased',
};

export const EVENT_TYPES = Object.keys(TITLES) as EventType[];

/** The one formatter of events; undefined for one that a newer version has written. */
export const titleOf = (type: string): string | undefined =>
  Object.hasOwn(TITLES, type) ? TITLES[type as EventType] : undefined;

export const reasonWords = (reason: StuckReason) => `support.stuck.${reason}`;

type Advice = Exclude<Suggestion, StaffActionName>;

export const suggestionWords = (advice: Advice) => `support.suggestions.${advice}`;

export const isAction = (suggestion: Suggestion): suggestion is StaffActionName =>
  STAFF_ACTIONS.includes(suggestion as StaffActionName);
