import { lookSignal } from '../../../../workflows/messages.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  toDashboard,
  untilTold,
  untilUnlocked,
  verifyEmail,
} from '../../journey.js';
import { Person } from '../../person.js';
import { actAs } from '../../staff.js';
import type { World } from '../../world.js';
import { AT } from '../at.js';
import type { Paths, Save } from '../path.js';
import { comeBack, DAY, goOn, idOf, MINUTE, settled, until, untilEnded } from '../walking.js';

/** Corrects the own address, wherever the way in is at. @returns the invitation, at the address that counts now */
async function correctOwn(world: World, invitation: Invited): Promise<Invited> {
  const email = newEmail();
  await invitation.person.open('/change-address');
  await invitation.person.press('Change email address', { email, password: PASSWORD });
  await settled(world, invitation);
  return { ...invitation, email };
}

/** Staff correct the address of somebody who has begun at another one: the right person is invited, and comes in. */
async function invitedAnew(world: World, { id }: Invited, save: Save, name: string): Promise<void> {
  const email = newEmail();
  await actAs(world, id, 'correct-email', email);
  const link = await linkFromMail(world, email, 'invite');
  const invitation = { id, email, link, person: new Person(world.url) };
  await settled(world, invitation);
  await createAccount(invitation);
  await verifyEmail(world, invitation);
  await goOn(world, invitation);
  await save(name, idOf(invitation));
}

/** Addresses, numbers and deadlines that somebody sets right on the way. */
export const CORRECTIONS: Paths = {
  'resent-and-corrected': {
    async walk(world, save) {
      const invitation = await invited(world);
      await actAs(world, invitation.id, 'resend');
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      await invitation.person.press('Send the email again');
      const corrected = await correctOwn(world, invitation);
      await verifyEmail(world, corrected);
      await enterNumber(corrected, newNumber());
      await corrected.person.open('/phone');
      const number = newNumber();
      await enterNumber(corrected, number);
      await enterCode(world, corrected, number);
      await untilUnlocked(corrected);
      await save('resent-and-corrected', idOf(corrected));
    },
  },
  'own-address-corrected-late': {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await settled(world, invitation);
      const corrected = await correctOwn(world, invitation);
      await verifyEmail(world, corrected);
      await enterNumber(corrected, newNumber());
      await settled(world, corrected);
      const again = await correctOwn(world, corrected);
      await verifyEmail(world, again);
      await goOn(world, again);
      await save('own-address-corrected-late', idOf(again));
    },
  },
  'invitation-corrected': {
    async walk(world, save) {
      const { id, person } = await invited(world);
      await settled(world, { id });
      const email = newEmail();
      await actAs(world, id, 'correct-email', email);
      const invitation = { id, person, email, link: await linkFromMail(world, email, 'invite') };
      await settled(world, invitation);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('invitation-corrected', idOf(invitation));
    },
  },
  'corrected-by-staff-while-verifying': {
    walk: async (world, save) =>
      invitedAnew(world, await AT.verifying(world), save, 'corrected-by-staff-while-verifying'),
  },
  'corrected-by-staff': {
    walk: async (world, save) => invitedAnew(world, await AT.enrolling(world), save, 'corrected-by-staff'),
  },
  'corrected-by-staff-while-confirming': {
    walk: async (world, save) =>
      invitedAnew(world, await AT.confirming(world), save, 'corrected-by-staff-while-confirming'),
  },
  'blocked-and-corrected': {
    walk: async (world, save) => invitedAnew(world, await AT.blocked(world), save, 'blocked-and-corrected'),
  },
  'window-opened-early': {
    async walk(world, save) {
      const invitation = await invited(world);
      const { email, person } = invitation;
      await createAccount(invitation);
      await linkFromMail(world, email, 'verify');
      await settled(world, invitation);
      await actAs(world, invitation.id, 'new-window');
      await settled(world, invitation);
      const since = world.inbox.mails.length;
      await person.open('/check-email');
      await person.press('Send the email again');
      await settled(world, invitation);
      await person.open(await linkFromMail(world, email, 'verify', since));
      await person.press('Verify email');
      await goOn(world, invitation);
      await save('window-opened-early', idOf(invitation));
    },
  },
  superseded: {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      await world.pass(DAY + MINUTE);
      await until(world, invitation, 'blocked');
      await world.pass(world.policy.blockedRetention - DAY);
      await actAs(world, invitation.id, 'new-window');
      // A nudge that was under way to the attempt before.
      await world.client.workflow.getHandle(idOf(invitation)).signal(lookSignal);
      await untilEnded(world, invitation);
      await save('superseded', idOf(invitation));
    },
  },
  'number-corrected-on-the-way': {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await enterNumber(invitation, newNumber());
      await untilTold(world, invitation, 6);
      await actAs(world, invitation.id, 'correct-number');
      await comeBack(world, invitation);
      await save('number-corrected-on-the-way', idOf(invitation));
    },
  },
  'number-corrected-later': {
    async walk(world, save) {
      const person = await toDashboard(world);
      await actAs(world, person.id, 'correct-number');
      await comeBack(world, person);
      await save('number-corrected-later', idOf(person, 2));
    },
  },
};
