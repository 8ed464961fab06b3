import type { PageModels } from '../models.js';
import { at, type Example, enrolling, example, failing, visitor } from './example.js';

const code: PageModels['two-step'] = {
  lastDigits: '123',
  purpose: 'enrolment',
  delivery: 'delivered',
  expiresAt: at,
  triesLeft: 5,
};

/** The second factor, on the way in and later, and lost passwords. */
export const signingIn: Example[] = [
  example('delivered', 'two-step', code, enrolling),
  example('being sent', 'two-step', { ...code, delivery: 'sending' }, enrolling),
  example('not sent so far', 'two-step', { ...code, delivery: 'late' }, enrolling),
  example('not sent in time', 'two-step', { ...code, delivery: 'late', expired: true }, enrolling),
  example('expired', 'two-step', { ...code, expired: true }, enrolling),
  example(
    'entered when expired',
    'two-step',
    { ...code, expired: true },
    failing(enrolling, { field: 'code', code: 'code-expired' }),
  ),
  example('not deliverable', 'two-step', { ...code, delivery: 'failed' }, enrolling),
  example('at sign-in', 'two-step', { ...code, purpose: 'sign-in', triesLeft: 1 }, enrolling),
  example('few tries left', 'two-step', { ...code, triesLeft: 2 }, enrolling),
  example(
    'wrong code, one try left',
    'two-step',
    { ...code, triesLeft: 1 },
    failing(enrolling, { field: 'code', code: 'code-wrong', values: { triesLeft: 1 } }),
  ),
  example(
    'locked',
    'two-step',
    { ...code, triesLeft: 0 },
    failing(enrolling, { code: 'code-locked', values: { minutes: 15 } }),
  ),
  example(
    'locked for the third time in a row',
    'two-step',
    { ...code, triesLeft: 0 },
    failing(enrolling, { code: 'code-locked-hours', values: { hours: 4 } }),
  ),
  example(
    'locked for the seventh time in a row',
    'two-step',
    { ...code, triesLeft: 0 },
    failing(enrolling, { code: 'code-locked-days', values: { days: 3 } }),
  ),
  example(
    'at sign-in, with an app and recovery codes',
    'two-step',
    { ...code, purpose: 'sign-in', app: 'usable', recoveryCodes: true },
    enrolling,
  ),
  example(
    'at sign-in, the app unreadable',
    'two-step',
    { ...code, purpose: 'sign-in', app: 'unreadable' },
    enrolling,
  ),
  example('empty', 'two-step-app', { recoveryCodes: false }, enrolling),
  example(
    'wrong code',
    'two-step-app',
    { recoveryCodes: true },
    failing(enrolling, { field: 'code', code: 'app-code-wrong', values: { triesLeft: 9 } }),
  ),
  example(
    'no text to be had',
    'two-step-app',
    { recoveryCodes: true },
    failing(enrolling, { code: 'text-limit-reached' }),
  ),
  example('empty', 'two-step-recovery', {}, enrolling),
  example('used', 'two-step-recovery', {}, failing(enrolling, { field: 'code', code: 'recovery-code-used' })),
  example('empty', 'sign-in', { values: { email: '' } }),
  ...(['verified', 'signed-out', 'password-changed', 'timed-out', 'sign-in-to-go-on'] as const).map(
    (notice) => example(`notice ${notice}`, 'sign-in', { values: { email: '' }, notice }),
  ),
  example(
    'refused',
    'sign-in',
    { values: { email: 'amira@stmarys.example' } },
    failing(visitor, { code: 'sign-in-failed' }),
  ),
  example('empty', 'forgotten-password', { values: { email: '' } }),
  example(
    'not an address',
    'forgotten-password',
    { values: { email: 'amira' } },
    failing(visitor, { field: 'email', code: 'email-invalid' }),
  ),
  example('to anybody', 'password-reset-sent', { email: 'amira@stmarys.example', minutes: 30 }),
  example('empty', 'reset-password', { email: 'amira@stmarys.example', linkId: 'example-link' }),
  example(
    'guessable password',
    'reset-password',
    { email: `${'x'.repeat(64)}@${'long-domain.'.repeat(8)}example`, linkId: 'example-link' },
    failing(visitor, { field: 'password', code: 'password-too-common' }),
  ),
];
