/** The decisions, by who takes them. The table of stages and actions stands in `actions.ts`. */
export * from './steps/account.js';
export * from './steps/authenticator.js';
export * from './steps/chat.js';
export * from './steps/codes.js';
export * from './steps/corrections.js';
export { eraseAlong, eraseEnded } from './steps/erasure.js';
export { linkRefusal, newLink } from './steps/links.js';
export * from './steps/password.js';
export * from './steps/recovery-codes.js';
export * from './steps/revival.js';
export * from './steps/service.js';
export * from './steps/staff.js';
export * from './steps/step.js';
