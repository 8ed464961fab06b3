import type { MailContext, MailKind, MailModels } from './models.js';

export const exampleContext: MailContext = {
  brandName: 'Huma',
  supportEmail: 'support@huma.com',
  verifyWindow: { length: 24, unit: 'hour' },
  timeZone: 'Europe/London',
  locale: 'en',
};

interface People {
  firstName: string;
  inviterName: string;
  inviteeName: string;
  teamName: string;
  message: string;
}

const PLAIN: People = {
  firstName: 'Amara',
  inviterName: 'Dr Jonas Feld',
  inviteeName: 'Amara Osei',
  teamName: 'Cardiology, St Brigid’s Hospital',
  message:
    'Good to have you with us.\n\nWe start with the heart failure clinic on Monday: see you there.\nJonas',
};

const ATTACK = '</mj-text><mj-raw><script>alert(1)</script></mj-raw>';

/** What an ill-meaning or merely unusual person could type. */
const HOSTILE: People = {
  firstName: ATTACK,
  inviterName: `"Zoë" O'Hara & Söhne <x@evil.example>\r\nBcc: all@evil.example`,
  inviteeName: '{{ brandName }} $t(common.help) {% raw %} $& \u202Egnp.exe',
  teamName: `${'Hebdomadal'.repeat(30)} ward`,
  message: `${ATTACK}\r\nsecond & "last" line\n> ${'{{'} url ${'}}'}`,
};

const RIGHT_TO_LEFT: People = {
  firstName: 'ליאורה',
  inviterName: 'د. سلمى الحسيني',
  inviteeName: 'ליאורה כהן',
  teamName: 'قسم أمراض القلب',
  message: 'أهلاً وسهلاً بك.\nنراك يوم الاثنين!',
};

const VERIFY_URL = 'https://onboard.huma.example/verify/Zq3vX8mN2kLw7RtY5uPbAe.c1Jd9&source=mail';

function modelsWith({ firstName, inviterName, inviteeName, teamName, message }: People): MailModels {
  const verifyBy = new Date('2026-11-25T14:05:00Z');
  const inviteBy = new Date('2026-12-01T14:05:00Z');
  const url = 'https://onboard.huma.example/invite/Zq3vX8mN2kLw7RtY5uPbAe.c1Jd9sKf0QmTgVhXn4WyBo';
  const dashboardUrl = 'https://onboard.huma.example/dashboard';
  const about = { inviteeName, teamName };
  return {
    invitation: { firstName, inviterName, teamName, message, url, inviteBy },
    'invitation-reminder': { firstName, inviterName, teamName, url, inviteBy },
    verification: { firstName, url: VERIFY_URL, verifyBy },
    'verification-reminder': { firstName, url: VERIFY_URL, verifyBy },
    blocked: { firstName },
    'new-window': { firstName, url: VERIFY_URL, verifyBy },
    'enrolment-reminder': { firstName, signInUrl: 'https://onboard.huma.example/sign-in' },
    'address-changed': { firstName, newAddress: 'a•••••@stbrigids.example' },
    'number-changed': { firstName, lastDigits: '123' },
    'invitation-expired': { ...about, dashboardUrl },
    'invitation-revoked': about,
    'invitation-stuck': { ...about, problem: 'verification-undeliverable' },
    'invitation-requested': { ...about, dashboardUrl },
    'chat-waiting': {
      url: 'https://onboard.huma.example/support/0b9f2f2e-6f0e-4e0a-9d43-6d1f7c1f8a11/chat',
      since: verifyBy,
    },
    'password-reset': {
      firstName,
      url: 'https://onboard.huma.example/reset-password/Zq3vX8mN2kLw7RtY5uPbAe.c1Jd9&source=mail',
      resetBy: verifyBy,
    },
    'password-changed': { firstName },
    'sign-in-notice': { firstName, change: 'authenticator-added' },
    'chat-answered': { firstName, url: 'https://onboard.huma.example/support-chat' },
  };
}

/** One model a kind, for the gallery and for tests. */
export const exampleModels: MailModels = modelsWith(PLAIN);
export const hostileModels: MailModels = modelsWith(HOSTILE);
export const rightToLeftModels: MailModels = modelsWith(RIGHT_TO_LEFT);
export const mailKinds = Object.keys(exampleModels) as MailKind[];
