import assert from 'node:assert/strict';
import {
  createAccount,
  enterCode,
  enterNumber,
  invite,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  toDashboard,
  untilUnlocked,
  verifyEmail,
} from '../../journey.js';
import { Person } from '../../person.js';
import { passUntil, passUntilStored } from '../../skipping.js';
import { actAs } from '../../staff.js';
import type { World } from '../../world.js';
import { hangingMails } from '../faults.js';
import type { Path, Paths } from '../path.js';
import {
  DAY,
  goOn,
  HOUR,
  idOf,
  MINUTE,
  settled,
  signedIn,
  until,
  untilEnded,
  untilStuck,
  untilTriedAgain,
} from '../walking.js';

/** A new person, whose invitation no mail server takes. */
async function invitedInVain(world: World): Promise<{ id: string; email: string }> {
  const email = newEmail();
  const { body } = await invite(world, { email });
  return { id: body['id'] ?? '', email };
}

/** Shorter, so that a mail that is given up at the deadline has been tried dozens of times and not thousands. */
const SOON = { inviteExpiry: 3 * HOUR, inviteReminders: [HOUR, 2 * HOUR], unverifiedLimit: 3 * HOUR };

/** The deadline comes while the mail server is still at it: of this no time is skipped. */
function givenUpMeanwhile(): Path {
  const { dependencies, release } = hangingMails();
  return {
    world: { dependencies, policy: { unverifiedLimit: 3_000, blockGrace: 1_000 } },
    temporal: {},
    async walk(world, save) {
      try {
        const invitation = await invited(world);
        await settled(world, invitation);
        await createAccount(invitation);
        await until(world, invitation, 'blocked');
        await settled(world, invitation);
        await save('verification-timed-out', idOf(invitation));
      } finally {
        release();
      }
    },
  };
}

/** Messages that do not arrive. */
export const MESSAGES: Paths = {
  'mail-refused': {
    async walk(world, save) {
      world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
      const person = await invitedInVain(world);
      await untilStuck(world, person);
      await world.pass(8 * DAY);
      await untilEnded(world, person);
      await save('mail-refused', idOf(person));
    },
  },
  'invitation-never-accepted': {
    world: { policy: SOON },
    async walk(world, save) {
      world.inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
      const person = await invitedInVain(world);
      await passUntilStored(world, person.id, ({ stage }) => stage === 'expired', {
        step: 10 * MINUTE,
        within: 4 * HOUR,
      });
      await untilEnded(world, person);
      await save('invitation-never-accepted', idOf(person));
    },
  },
  'verification-refused': {
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
      await createAccount(invitation);
      await untilStuck(world, invitation);
      await settled(world, invitation);
      await world.pass(8 * DAY);
      await until(world, invitation, 'blocked');
      await settled(world, invitation);
      await save('verification-refused', idOf(invitation));
    },
  },
  'verification-never-accepted': {
    world: { policy: SOON },
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      world.inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
      await createAccount(invitation);
      const pace = { step: 10 * MINUTE, within: 4 * HOUR };
      await passUntilStored(world, invitation.id, ({ needsSupport }) => needsSupport !== undefined, pace);
      // The activity that noted it is still at it: the workflow hears of it from the sweeper.
      await passUntil(world, 'the workflow knows', async () => {
        await world.sweep();
        const { stage, seq } = await world.gateway.live({ _id: invitation.id, attempt: 1 }, 5_000);
        return stage === 'verifying' && seq === (await world.store.onboardings.find(invitation.id))?.seq;
      });
      await passUntilStored(world, invitation.id, ({ stage }) => stage === 'blocked', pace);
      world.inbox.switches.set({ mail: { mode: 'ok' } });
      await passUntil(world, 'the mail of the block is out', () =>
        world.inbox.mails.some(({ to, subject }) => to === invitation.email && /blocked/.test(subject)),
      );
      await settled(world, invitation);
      await save('verification-never-accepted', idOf(invitation));
    },
  },
  'verification-timed-out': givenUpMeanwhile(),
  'verification-accepted-after-all': {
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
      await createAccount(invitation);
      await untilStuck(world, invitation);
      await settled(world, invitation);
      await invitation.person.open('/check-email');
      await invitation.person.press('Send the email again');
      await settled(world, invitation);
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('verification-accepted-after-all', idOf(invitation));
    },
  },
  'mail-of-nobody': {
    async walk(world, save) {
      world.inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
      const { id, email } = await invitedInVain(world);
      await untilTriedAgain(world, { id }, 'sendMail');
      const { model } = world.store.onboardings;
      const onboarding = (await world.store.onboardings.find(id)) ?? assert.fail();
      await model.deleteOne({ _id: id });
      await passUntil(
        world,
        'the mail is given up',
        async () => {
          const { sending } = await world.gateway.live({ _id: id, attempt: 1 }, 5_000);
          return sending.length === 0;
        },
        { step: 10 * MINUTE, within: DAY },
      );
      await model.insertOne(onboarding);
      world.inbox.switches.set({ mail: { mode: 'ok' } });
      await actAs(world, id, 'resend');
      const link = await linkFromMail(world, email, 'invite');
      await settled(world, { id });
      const invitation = { id, email, link, person: new Person(world.url) };
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('mail-of-nobody', idOf(invitation));
    },
  },
  'text-refused': {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      world.inbox.switches.set({ texts: { mode: '400', remaining: 1 } });
      await enterNumber(invitation, newNumber());
      await untilStuck(world, invitation);
      const number = newNumber();
      await invitation.person.open('/phone');
      await enterNumber(invitation, number);
      await enterCode(world, invitation, number);
      await untilUnlocked(invitation);
      await save('text-refused', idOf(invitation));
    },
  },
  'sign-in-code-given-up': {
    async walk(world, save) {
      const { id, email } = await toDashboard(world);
      world.inbox.switches.set({ texts: { mode: '500' } });
      await signedIn(world, email);
      const challenge = (await world.store.onboardings.find(id))?.challenge;
      const workflowId = `sign-in-code-${challenge?.id}-${challenge?.sends}`;
      await world.pass(11 * MINUTE);
      await assert.rejects(world.client.workflow.getHandle(workflowId).result());
      await save('sign-in-code-given-up', workflowId);
    },
  },
};
