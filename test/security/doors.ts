import type { ActionName } from '../../store/actions.js';
import type { ActorKind } from '../../store/facts.js';

/** No door: the worker decides at the store. */
const WORKFLOW = 'the workflow';
const TERMINAL = '`admin doctor --repair`';
/** Nobody asks for it: a wrong code leads to it, at any page that takes one. */
const WRONG_CODES = 'the pages of 2 Step Verification';

const api = (name: ActionName) => `/api/v1/invitations/{id}/${name}`;
const support = (name: ActionName) => `/support/{id}/${name}`;
const team = (name: ActionName) => `/team/{id}/${name}`;
const lead = (name: ActionName) => ({
  'team-lead': team(name),
  'api-key': api(name),
  support: support(name),
});

/** Where each actor of the table takes each action: the address that is posted to. */
export const DOORS: Record<ActionName, Partial<Record<ActorKind, string>>> = {
  'create-account': { clinician: '/create-account' },
  'ask-for-new-link': { clinician: '/invite/ask-again' },
  'send-verification-again': { clinician: '/check-email/send-again' },
  'verify-email': { clinician: '/verify' },
  'correct-own-email': { clinician: '/change-address' },
  'enter-number': { clinician: '/phone' },
  'send-code-again': { clinician: '/two-step/send-again' },
  'confirm-code': { clinician: '/two-step' },
  'request-sign-in-code': { clinician: '/sign-in' },
  'acknowledge-disclaimer': { clinician: '/disclaimer' },
  'ask-for-password-reset': { clinician: '/forgotten-password' },
  'reset-password': { clinician: '/reset-password' },
  'change-password': { clinician: '/account/password' },
  'begin-authenticator': { clinician: '/account/authenticator' },
  'add-authenticator': { clinician: '/account/authenticator/confirm' },
  'remove-authenticator': { clinician: '/account/authenticator/remove' },
  'make-recovery-codes': { clinician: '/account/recovery-codes' },
  'confirm-app-code': { clinician: '/two-step/app' },
  'use-recovery-code': { clinician: '/two-step/recovery-code' },
  'expire-invitation': { service: WORKFLOW },
  block: { service: WORKFLOW },
  activate: { service: WORKFLOW },
  'lock-codes': { service: WRONG_CODES },
  'erase-ended': { service: WORKFLOW },
  'erase-along': { service: WORKFLOW },
  'erase-again': { service: TERMINAL },
  resend: lead('resend'),
  'new-window': lead('new-window'),
  'correct-email': lead('correct-email'),
  unlock: { support: support('unlock') },
  'correct-number': { support: support('correct-number') },
  revoke: lead('revoke'),
  suspend: lead('suspend'),
  reinstate: lead('reinstate'),
  erase: { support: support('erase') },
};
