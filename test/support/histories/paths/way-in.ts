import type { Tracing } from '../../../../monitoring/tracing.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  invited,
  linkFromMail,
  NEW_PASSWORD,
  newNumber,
  PASSWORD,
  toDashboard,
  untilUnlocked,
  verifyEmail,
} from '../../journey.js';
import { Person } from '../../person.js';
import { actAs } from '../../staff.js';
import type { Paths } from '../path.js';
import { DAY, goOn, HOUR, idOf, MINUTE, settled, signedIn, until, untilEnded } from '../walking.js';

/** One click that all nudges belong to. Nothing is told of it: what matters is what it adds to a history. */
const CLICK: Tracing = {
  begin: () => ({ run: (work) => work(), end: () => {} }),
  current: () => '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  stop: async () => {},
};

/** From the invitation to the dashboard or to another end. */
export const WAY_IN: Paths = {
  'happy-path': {
    async walk(world, save) {
      await save('happy-path', idOf(await toDashboard(world)));
    },
  },
  traced: {
    world: { tracing: CLICK },
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      // What it does of itself, days after, belongs to no click.
      await world.pass(3 * DAY + MINUTE);
      await settled(world, invitation);
      await actAs(world, invitation.id, 'resend');
      await settled(world, invitation);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('traced', idOf(invitation));
    },
  },
  /** Time is not skipped: the server that skips it leaves the spans out of the signals. */
  'traced-nudges': {
    world: { tracing: CLICK },
    temporal: {},
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      await actAs(world, invitation.id, 'resend');
      await settled(world, invitation);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('traced-nudges', idOf(invitation));
    },
  },
  'code-sent-again': {
    async walk(world, save) {
      const invitation = await invited(world);
      const number = newNumber();
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await enterNumber(invitation, number);
      await codeFromText(world, number);
      await settled(world, invitation);
      const since = world.inbox.texts.length;
      await invitation.person.press('Send again');
      await enterCode(world, invitation, number, since);
      await untilUnlocked(invitation);
      await save('code-sent-again', idOf(invitation));
    },
  },
  'password-forgotten-on-the-way': {
    async walk(world, save) {
      const invitation = await invited(world);
      const { email } = invitation;
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await settled(world, invitation);
      const person = await new Person(world.url).open('/forgotten-password');
      await person.press('Send the link', { email });
      await settled(world, invitation);
      await person.open(await linkFromMail(world, email, 'reset-password'));
      await person.press('Change password', { password: NEW_PASSWORD });
      await settled(world, invitation);
      await goOn(world, { ...invitation, person: await signedIn(world, email, NEW_PASSWORD) });
      await save('password-forgotten-on-the-way', idOf(invitation));
    },
  },
  'reminded-of-the-number': {
    async walk(world, save) {
      const invitation = await invited(world);
      const { email } = invitation;
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await world.pass(2 * DAY);
      await world.inbox.nextMail(({ to, text }) => to === email && text.includes('/sign-in'));
      await goOn(world, { ...invitation, person: await signedIn(world, email) });
      await save('reminded-of-the-number', idOf(invitation));
    },
  },
  /** As where nobody was there to send the first: of several whose time has come the last goes out. */
  'reminder-left-out': {
    world: { policy: { inviteReminders: [HOUR, HOUR] } },
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      await world.pass(HOUR + MINUTE);
      await settled(world, invitation);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('reminder-left-out', idOf(invitation));
    },
  },
  expired: {
    async walk(world, save) {
      const invitation = await invited(world);
      await world.pass(8 * DAY);
      await untilEnded(world, invitation);
      await save('expired', idOf(invitation));
    },
  },
  revoked: {
    async walk(world, save) {
      const invitation = await invited(world);
      await actAs(world, invitation.id, 'revoke');
      await untilEnded(world, invitation);
      await save('revoked', idOf(invitation));
    },
  },
  'blocked-for-good': {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      await world.pass(40 * DAY);
      await untilEnded(world, invitation);
      await save('blocked-for-good', idOf(invitation));
    },
  },
  'blocked-and-let-in-again': {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      await world.pass(DAY + MINUTE);
      await until(world, invitation, 'blocked');
      const since = world.inbox.mails.length;
      await actAs(world, invitation.id, 'new-window');
      await invitation.person.open(await linkFromMail(world, invitation.email, 'verify', since));
      await invitation.person.press('Verify email');
      await invitation.person.press('Sign in', { email: invitation.email, password: PASSWORD });
      await world.pass(2 * DAY);
      await save('blocked-and-let-in-again', idOf(invitation));
    },
  },
};
