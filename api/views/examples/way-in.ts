import { LINK_PURPOSES } from '../../../store/facts.js';
import type { PageModels } from '../models.js';
import { at, type Example, enrolling, example, failing, visitor } from './example.js';

export const account = (values: PageModels['create-account']['values']): PageModels['create-account'] => ({
  email: 'amira.haddad@stmarys.example',
  inviterName: 'Dr Jonas Weber',
  teamName: 'Cardiology, St Mary’s',
  linkId: 'example-link',
  values,
});
const emptyAccount = account({ firstName: '', lastName: '', accepted: false });

const link: PageModels['link-problem'] = {
  problem: 'expired',
  purpose: 'invitation',
  signInUseful: false,
  askAgain: true,
  linkId: 'example-link',
};

/** From the invitation to the number. */
export const wayIn: Example[] = [
  example('empty', 'create-account', emptyAccount),
  example('sample legal texts', 'create-account', emptyAccount, { ...visitor, legalTextsAreFinal: false }),
  example(
    'everything missing',
    'create-account',
    emptyAccount,
    failing(
      visitor,
      { field: 'firstName', code: 'first-name-missing' },
      { field: 'lastName', code: 'last-name-missing' },
      { field: 'password', code: 'password-missing' },
      { field: 'accepted', code: 'terms-not-accepted' },
    ),
  ),
  example(
    'guessable password',
    'create-account',
    account({ firstName: 'Amira', lastName: 'Haddad', accepted: true }),
    failing(visitor, { field: 'password', code: 'password-contains-context' }),
  ),
  example('being sent', 'check-email', { email: 'amira@stmarys.example', delivery: 'sending' }, enrolling),
  example(
    'sent',
    'check-email',
    {
      email: 'amira@stmarys.example',
      delivery: 'sent',
      verifyBy: at,
      canResend: true,
      canChangeAddress: true,
    },
    enrolling,
  ),
  example(
    'not sent so far',
    'check-email',
    { email: 'amira@stmarys.example', delivery: 'late', canResend: true, canChangeAddress: true },
    enrolling,
  ),
  example(
    'sent before, the next one not so far',
    'check-email',
    { email: 'amira@stmarys.example', delivery: 'late', verifyBy: at, canResend: true },
    enrolling,
  ),
  example(
    'sent before, the next one not deliverable',
    'check-email',
    { email: 'amira@stmarys.example', delivery: 'failed', verifyBy: at, canResend: true },
    enrolling,
  ),
  example(
    'not deliverable',
    'check-email',
    { email: 'amira@stmarys.example', delivery: 'failed' },
    enrolling,
  ),
  example(
    'asked for again too soon',
    'check-email',
    { email: 'amira@stmarys.example', delivery: 'sent', verifyBy: at, canResend: true },
    failing(enrolling, { code: 'too-soon' }),
  ),
  example('one button', 'verify', { email: 'amira@stmarys.example', linkId: 'example-link' }),
  example('expired invitation', 'link-problem', link),
  example('used verification', 'link-problem', {
    ...link,
    problem: 'used',
    purpose: 'verification',
    askAgain: false,
    signInUseful: true,
    email: 'amira@stmarys.example',
  }),
  ...(['used', 'expired', 'superseded', 'unknown', 'revoked', 'other-person'] as const).flatMap((problem) =>
    LINK_PURPOSES.map((purpose) =>
      example(`${problem} ${purpose} link`, 'link-problem', { ...link, problem, purpose, askAgain: false }),
    ),
  ),
  example('expired, inviter told', 'link-problem', { ...link, asked: true }),
  example('empty', 'change-address', { email: 'amira@stmarys.example', values: { email: '' } }, enrolling),
  example(
    'wrong password',
    'change-address',
    { email: 'amira@stmarys.example', values: { email: 'amira.haddad@stmarys.example' } },
    failing(enrolling, { field: 'password', code: 'password-wrong' }),
  ),
  example(
    'number asked for, address may change',
    'phone',
    { values: { phone: '' }, canChangeAddress: true },
    enrolling,
  ),
  example('expired, either way on', 'link-problem', { ...link, signInUseful: true }),
  example('empty', 'phone', { values: { phone: '' } }, enrolling),
  example(
    'landline',
    'phone',
    { values: { phone: '020 7946 0958' } },
    failing(enrolling, { field: 'phone', code: 'phone-not-mobile' }),
  ),
  example('in progress', 'unlocking', {}, enrolling),
  example('used link, signing in useful', 'link-problem', {
    problem: 'used',
    purpose: 'password-reset',
    signInUseful: true,
    askAgain: false,
  }),
  example('after 24 hours', 'blocked', { email: 'amira@stmarys.example' }, enrolling),
  example(
    'answered by support',
    'blocked',
    { email: 'amira@stmarys.example' },
    { ...enrolling, unreadAnswers: 1 },
  ),
];
