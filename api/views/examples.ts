import { LINK_PURPOSES } from '../../store/facts.js';
import {
  ACCOUNT_CHANGES,
  type FieldError,
  type PageContext,
  type PageModels,
  type PageName,
} from './models.js';
import { supportPeopleExamples, supportPersonExamples } from './support-examples.js';
import { teamExamples } from './team-examples.js';

/** One page in one state, for the gallery and the tests. */
export type Example = {
  [Name in PageName]: { name: string; page: Name; model: PageModels[Name]; context: PageContext };
}[PageName];

/** Names that break careless pages: long, accented, right to left, hostile. */
export const hardNames = [
  'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Aurelia-Konstantina Maximiliane',
  'Željko Ångström-Nuñez ß',
  'أميرة حداد',
  '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  "{{ 7 * 7 }} {% raw %} $t(errors.internal) '%time% &amp; O'Brien",
];

const at = new Date('2026-11-25T14:05:00Z');
const paragraphs = [
  'This service helps clinicians to join their team. It does not give medical advice.',
  'Decisions about a patient remain with the clinicians who look after them.',
];

export const visitor: PageContext = {
  path: '/two-step',
  csrfToken: 'example-token',
  errors: [],
  locale: 'en',
  timeZone: 'Europe/London',
  brandName: 'Huma',
  verifyWindow: { length: 24, unit: 'hour' },
  supportEmail: 'support@huma.com',
  legalTextsAreFinal: true,
};
const session = { secondsLeft: 1800, warningSeconds: 120 };
const enrolling: PageContext = { ...visitor, enrolling: true, session };
const member: PageContext = { ...visitor, person: { name: 'Amira Haddad' }, session };

function example<Name extends PageName>(
  name: string,
  page: Name,
  model: PageModels[Name],
  context: PageContext = visitor,
): Example {
  return { name: `${page}: ${name}`, page, model, context } as Example;
}

const failing = (context: PageContext, ...errors: FieldError[]): PageContext => ({ ...context, errors });

const account = (values: PageModels['create-account']['values']): PageModels['create-account'] => ({
  email: 'amira.haddad@stmarys.example',
  inviterName: 'Dr Jonas Weber',
  teamName: 'Cardiology, St Mary’s',
  linkId: 'example-link',
  values,
});
const emptyAccount = account({ firstName: '', lastName: '', accepted: false });

const code: PageModels['two-step'] = {
  lastDigits: '123',
  purpose: 'enrolment',
  delivery: 'delivered',
  expiresAt: at,
  triesLeft: 5,
};
const link: PageModels['link-problem'] = {
  problem: 'expired',
  purpose: 'invitation',
  signInUseful: false,
  askAgain: true,
  linkId: 'example-link',
};
const dashboard: PageModels['dashboard'] = {
  teams: [{ name: 'Cardiology, St Mary’s' }, { name: 'Heart failure clinic' }],
  invitations: [
    { name: 'Noor de Vries', email: 'noor.devries@stmarys.example', stage: 'invited', at, inviteBy: at },
    { name: 'Tomasz Zieliński', email: 'tomasz@stmarys.example', stage: 'verifying', at },
    { name: 'Grace Okafor', email: 'grace.okafor@stmarys.example', stage: 'active', at },
    { name: '', email: 'j.smith@stmarys.example', stage: 'blocked', at },
  ],
  portalUrl: 'https://portal.example/',
};
const own: PageModels['account'] = {
  name: 'Amira Haddad',
  email: 'amira.haddad@stmarys.example',
  lastDigits: '123',
  teamName: 'Cardiology, St Mary’s',
  recoveryCodesLeft: 0,
};
const setUp: PageModels['authenticator-confirm'] = {
  uri: 'otpauth://totp/Huma:amira.haddad%40stmarys.example?issuer=Huma&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  key: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  until: at,
};
const invite: PageModels['invite-colleague'] = {
  values: { email: '', firstName: '', lastName: '', message: '' },
  teamName: 'Cardiology, St Mary’s',
};
const recoveryCodes = Array.from({ length: 8 }, (_, index) => `${index + 1}-ABCD-EFGH-JK`);
const problems: [number, string][] = [
  [400, 'bad-request'],
  [403, 'form-stale'],
  [403, 'disclaimer-not-accepted'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [409, 'form-for-other-invitation'],
  [409, 'cannot-invite'],
  [410, 'invitation-expired'],
  [413, 'body-too-large'],
  [415, 'unsupported-media-type'],
  [429, 'text-limit-reached'],
  [429, 'code-locked'],
  [500, 'internal'],
  [503, 'unavailable'],
];

export const examples: Example[] = [
  example('to a visitor', 'home', {}),
  example('to a visitor', 'help', { portalUrl: 'https://portal.example/', pictures: true }),
  example('under another brand, without pictures', 'help', {
    portalUrl: 'https://portal.example/',
    pictures: false,
  }),
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
  example('nobody waits', 'support-chats', { waiting: [] }, member),
  example(
    'two wait',
    'support-chats',
    {
      waiting: [
        { id: 'one', name: 'Amira Haddad', unread: 1, since: at },
        { id: 'two', name: hardNames[0] ?? '', unread: 3, since: at },
      ],
    },
    member,
  ),
  example(
    'an answer is due',
    'support-conversation',
    {
      id: 'one',
      name: 'Amira Haddad',
      messages: [
        { from: 'person', text: 'Is the address right?', at },
        { from: 'support', text: 'It is now.', at },
      ],
      values: { message: '' },
    },
    member,
  ),
  example(
    'not answered yet',
    'support-conversation',
    {
      id: 'one',
      name: 'Amira Haddad',
      messages: [{ from: 'person', text: 'Thank you!', at }],
      values: { message: '' },
      waiting: { unread: 2, seen: at },
    },
    member,
  ),
  example('nothing said yet', 'support-chat', { messages: [], values: { message: '' } }, enrolling),
  example(
    'a conversation',
    'support-chat',
    {
      messages: [
        { from: 'person', text: 'I never got the email.\nIs the address right?', at },
        { from: 'support', text: '<b>We</b> have sent it again. أهلاً وسهلاً', at },
      ],
      values: { message: '' },
    },
    failing(enrolling, { field: 'message', code: 'chat-message-missing' }),
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
  example('in progress', 'unlocking', {}, enrolling),
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
  example('used link, signing in useful', 'link-problem', {
    problem: 'used',
    purpose: 'password-reset',
    signInUseful: true,
    askAgain: false,
  }),
  example('empty', 'change-password', { email: 'amira@stmarys.example' }, member),
  example(
    'both refused',
    'change-password',
    { email: 'amira@stmarys.example' },
    failing(
      member,
      { field: 'password', code: 'password-wrong' },
      { field: 'newPassword', code: 'password-too-short' },
    ),
  ),
  example('after 24 hours', 'blocked', { email: 'amira@stmarys.example' }, enrolling),
  example('with invitations', 'dashboard', dashboard, member),
  example('of a support person', 'dashboard', { ...dashboard, supportConsole: true }, member),
  example('answered by support', 'dashboard', dashboard, { ...member, unreadAnswers: 2 }),
  example(
    'answered by support',
    'blocked',
    { email: 'amira@stmarys.example' },
    { ...enrolling, unreadAnswers: 1 },
  ),
  example('of a team lead', 'dashboard', { ...dashboard, teamPages: true }, member),
  example('after a recovery code', 'dashboard', { ...dashboard, recoveryCodesLeft: 7 }, member),
  example('after all but one recovery code', 'dashboard', { ...dashboard, recoveryCodesLeft: 1 }, member),
  example('after the last recovery code', 'dashboard', { ...dashboard, recoveryCodesLeft: 0 }, member),
  example('first day', 'dashboard', { ...dashboard, invitations: [] }, member),
  example('without a team', 'dashboard', { ...dashboard, teams: [], invitations: [] }, member),
  example(
    'every stage',
    'dashboard',
    {
      ...dashboard,
      invitations: [
        'enrolling',
        'confirming',
        'suspended',
        'expired',
        'revoked',
        'erased',
        'a-stage-without-words',
      ].map((stage) => ({ name: 'Noor de Vries', email: 'noor@stmarys.example', stage, at })),
    },
    member,
  ),
  example(
    'disclaimer',
    'dashboard',
    { teams: [], invitations: [], portalUrl: dashboard.portalUrl, disclaimer: { version: '1', paragraphs } },
    member,
  ),
  example(
    'disclaimer not accepted',
    'dashboard',
    { teams: [], invitations: [], portalUrl: dashboard.portalUrl, disclaimer: { version: '1', paragraphs } },
    failing(member, { field: 'accepted', code: 'disclaimer-not-accepted' }),
  ),
  example('empty', 'invite-colleague', invite, member),
  example(
    'mistakes',
    'invite-colleague',
    { ...invite, values: { ...invite.values, email: 'noor@', message: 'Join us!' } },
    failing(
      member,
      { field: 'email', code: 'email-invalid' },
      { field: 'message', code: 'message-too-long' },
    ),
  ),
  example(
    'web addresses',
    'invite-colleague',
    { ...invite, values: { ...invite.values, lastName: 'noor.example', message: 'See https://a.example' } },
    failing(
      member,
      { field: 'lastName', code: 'name-has-link' },
      { field: 'message', code: 'message-has-link' },
    ),
  ),
  example('own data', 'account', own, { ...member, session: { secondsLeft: 120, warningSeconds: 60 } }),
  example(
    'app and codes',
    'account',
    { ...own, authenticator: { since: at, readable: true }, recoveryCodesLeft: 1 },
    member,
  ),
  example(
    'app unreadable',
    'account',
    { ...own, authenticator: { since: at, readable: false }, recoveryCodesLeft: 8 },
    member,
  ),
  ...ACCOUNT_CHANGES.map((done) => example(done, 'account', { ...own, done }, member)),
  example('none yet', 'authenticator', { email: own.email }, member),
  example('expired', 'authenticator', { email: own.email, expired: true }, member),
  example(
    'set up already, wrong password',
    'authenticator',
    { email: own.email, since: at },
    failing(member, { field: 'password', code: 'password-wrong' }),
  ),
  example('shown', 'authenticator-confirm', setUp, member),
  example(
    'long address, wrong code',
    'authenticator-confirm',
    { ...setUp, uri: setUp.uri.replace('amira.haddad', 'x'.repeat(64)) },
    failing(member, { field: 'code', code: 'app-code-no-match' }),
  ),
  example('empty', 'remove-authenticator', { email: own.email }, member),
  example('none yet', 'recovery-codes', { email: own.email, left: 0 }, member),
  example('one left', 'recovery-codes', { email: own.email, left: 1 }, member),
  example(
    'some left, password missing',
    'recovery-codes',
    { email: own.email, left: 5 },
    failing(member, { field: 'password', code: 'password-missing' }),
  ),
  example('shown', 'recovery-codes-made', { codes: recoveryCodes }, member),
  example('final', 'terms', { version: '3', paragraphs }),
  example('sample', 'terms', { version: '3', paragraphs }, { ...visitor, legalTextsAreFinal: false }),
  example('final', 'privacy', { version: '2', paragraphs }),
  example('to a visitor', 'cookies', {}),
  example('to a visitor', 'accessibility', {}),
  ...problems.map(([status, problem]) => example(problem, 'error', { status, code: problem })),
  example('too-many-requests', 'error', { status: 429, code: 'too-many-requests', retryAfterSeconds: 600 }),
  example('busy', 'error', { status: 503, code: 'busy', retryAfterSeconds: 60 }),
  example('a code that only forms know', 'error', { status: 400, code: 'email-invalid' }),
  example('a code without words', 'error', { status: 500, code: 'never-heard-of' }),
  ...supportPeopleExamples.map(({ name, model }) => example(name, 'support-people', model, member)),
  ...supportPersonExamples.map(({ name, model, errors = [] }) =>
    example(
      name,
      'support-person',
      model,
      failing(member, ...errors.map(([field, code]) => ({ field, code }))),
    ),
  ),
  ...teamExamples.map(({ name, page, model, errors = [] }) =>
    example(name, page, model, failing(member, ...errors)),
  ),
  ...hardExamples(),
];

function hardExamples(): Example[] {
  return hardNames.flatMap((name) => [
    example(
      `name ${name.slice(0, 12)}`,
      'create-account',
      {
        ...account({ firstName: name, lastName: name, accepted: false }),
        inviterName: name,
        teamName: name,
        email: `${'x'.repeat(64)}@${'long-domain.'.repeat(8)}example`,
      },
      failing(visitor, { field: 'firstName', code: 'name-too-long' }),
    ),
    example(
      `name ${name.slice(0, 12)}`,
      'dashboard',
      {
        ...dashboard,
        teams: [{ name }],
        invitations: [{ name, email: `${'x'.repeat(64)}@example.org`, stage: 'invited', at }],
      },
      { ...visitor, person: { name } },
    ),
  ]);
}
