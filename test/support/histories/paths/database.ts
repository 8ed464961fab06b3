import assert from 'node:assert/strict';
import { doctorCommand } from '../../../../admin/commands/doctor.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  invited,
  linkFromMail,
  newNumber,
  untilTold,
  untilUnlocked,
  verifyEmail,
} from '../../journey.js';
import { passUntil } from '../../skipping.js';
import { atTerminal } from '../../terminal.js';
import { failing, hanging } from '../faults.js';
import type { Path, Paths } from '../path.js';
import {
  DAY,
  goOn,
  idOf,
  MINUTE,
  settled,
  until,
  untilBlocked,
  untilEnded,
  untilTriedAgain,
} from '../walking.js';

function whileHanging(): Path {
  const { dependencies, hang, release } = hanging();
  return {
    world: { dependencies },
    async walk(world, save) {
      try {
        const invitation = await invited(world);
        await settled(world, invitation);
        hang();
        await createAccount(invitation);
        await verifyEmail(world, invitation);
        await goOn(world, invitation);
        await save('database-that-hangs', idOf(invitation));
      } finally {
        release();
      }
    },
  };
}

/** A database that fails, is empty, or is of another time than the workflow. */
export const DATABASE: Paths = {
  'database-of-before': {
    saves: ['database-of-before', 'database-of-before-revived'],
    async walk(world, save) {
      const invitation = await invited(world);
      const { id, email } = invitation;
      await createAccount(invitation);
      await linkFromMail(world, email, 'verify');
      const backup = await untilTold(world, invitation, 4);
      await verifyEmail(world, invitation);
      await untilTold(world, invitation, 5);
      await world.store.onboardings.model.replaceOne({ _id: id }, backup);
      await atTerminal(world, doctorCommand, '--repair');
      await untilEnded(world, invitation);
      await save('database-of-before', idOf(invitation));
      await verifyEmail(world, invitation);
      await goOn(world, invitation);
      await save('database-of-before-revived', idOf(invitation, 2));
    },
  },
  /** The database is of before the account, and the block is due: it must not be asked for again and again. */
  'database-of-before-decides': {
    async walk(world, save) {
      const invitation = await invited(world);
      const backup = await untilTold(world, invitation, 2);
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      await settled(world, invitation);
      await world.store.onboardings.model.replaceOne({ _id: invitation.id }, backup);
      await world.pass(DAY + MINUTE);
      await atTerminal(world, doctorCommand, '--repair');
      await untilEnded(world, invitation);
      await save('database-of-before-decides', idOf(invitation));
    },
  },
  'database-without-it': {
    async walk(world, save) {
      const invitation = await invited(world);
      const { id: _id } = invitation;
      const onboarding = await untilTold(world, invitation, 2);
      await world.store.onboardings.model.deleteOne({ _id });
      await world.gateway.nudge(onboarding);
      await untilTriedAgain(world, invitation, 'look');
      await world.store.onboardings.model.insertOne(onboarding);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await save('database-without-it', idOf(invitation));
    },
  },
  'database-without-it-for-good': {
    async walk(world, save) {
      const invitation = await invited(world);
      const { id: _id } = invitation;
      const onboarding = await untilTold(world, invitation, 2);
      await settled(world, invitation);
      await world.store.onboardings.model.deleteOne({ _id });
      await world.gateway.nudge(onboarding);
      await untilTriedAgain(world, invitation, 'look');
      await passUntil(
        world,
        'the workflow gives up',
        async () => (await world.gateway.seen(onboarding, 5_000))?.status === 'FAILED',
        { step: MINUTE, within: DAY },
      );
      await assert.rejects(untilEnded(world, invitation));
      await save('database-without-it-for-good', idOf(invitation));
    },
  },
  'database-that-hangs': whileHanging(),
  'expiry-on-the-queue': {
    world: { dependencies: failing('invitation-expired') },
    async walk(world, save) {
      const invitation = await invited(world);
      await world.pass(8 * DAY);
      await untilEnded(world, invitation);
      await save('expiry-on-the-queue', idOf(invitation));
    },
  },
  'block-on-the-queue': {
    world: { dependencies: failing('blocked') },
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      await settled(world, invitation);
      await untilBlocked(world, invitation);
      await until(world, invitation, 'blocked');
      await settled(world, invitation);
      await save('block-on-the-queue', idOf(invitation));
    },
  },
  'activation-on-the-queue': {
    world: { dependencies: failing('activated') },
    async walk(world, save) {
      const invitation = await invited(world);
      const number = newNumber();
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await enterNumber(invitation, number);
      await enterCode(world, invitation, number);
      await untilUnlocked(invitation);
      await untilEnded(world, invitation);
      await save('activation-on-the-queue', idOf(invitation));
    },
  },
};
