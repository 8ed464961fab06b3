/** Everything in the workflow bundle; the names here are the workflow types. */
export { clinicianOnboarding } from './clinician-onboarding.js';
export { filing } from './filing.js';
export { invitationBatch } from './invitation-batch.js';
export { notice } from './notice.js';
export { retention } from './retention.js';
export { signInCode } from './sign-in-code.js';
export { sweep } from './sweep.js';
