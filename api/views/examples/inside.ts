import { ACCOUNT_CHANGES, type PageModels } from '../models.js';
import { at, type Example, enrolling, example, failing, member, paragraphs } from './example.js';

export const dashboard: PageModels['dashboard'] = {
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

/** Behind the sign-in. */
export const inside: Example[] = [
  example('nothing said yet', 'support-chat', { messages: [], values: { message: '' } }, enrolling),
  example(
    'without the second factor',
    'support-chat',
    {
      messages: [{ from: 'person', text: 'I have another phone.', at, passwordOnly: true }],
      sinceSignIn: true,
      values: { message: '' },
    },
    enrolling,
  ),
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
  example('with invitations', 'dashboard', dashboard, member),
  example('of a support person', 'dashboard', { ...dashboard, supportConsole: true }, member),
  example('answered by support', 'dashboard', dashboard, { ...member, unreadAnswers: 2 }),
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
  example(
    'twenty in a day',
    'invite-colleague',
    invite,
    failing(member, { field: 'email', code: 'invited-enough' }),
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
];
