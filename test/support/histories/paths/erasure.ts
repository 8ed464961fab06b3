import { doctorCommand } from '../../../../admin/commands/doctor.js';
import { eventually } from '../../eventually.js';
import { createAccount, invite, invited, newEmail, toDashboard, verifyEmail } from '../../journey.js';
import { actAs } from '../../staff.js';
import { atTerminal } from '../../terminal.js';
import type { World } from '../../world.js';
import { AT } from '../at.js';
import { failingErasure } from '../faults.js';
import type { Paths } from '../path.js';
import { DAY, idOf, settled, until, untilEnded, untilTriedAgain } from '../walking.js';

/** Erased where the way in is at, by support. */
const erasedAt = (stage: keyof typeof AT): Paths[string] => ({
  async walk(world, save) {
    const person = await AT[stage](world);
    await actAs(world, person.id, 'erase');
    await untilEnded(world, person);
    await save(`erased-while-${stage}`, idOf(person));
  },
});

const untilTraceless = (world: World, { id }: { id: string }) =>
  eventually('the traces are erased', async () => {
    const onboarding = await world.store.onboardings.find(id);
    return onboarding?.stage === 'erased' && onboarding.erasing === undefined;
  });

export const ERASURE: Paths = {
  'erased-while-invited': {
    async walk(world, save) {
      world.inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
      const { body } = await invite(world, { email: newEmail() });
      const person = { id: body['id'] ?? '' };
      await untilTriedAgain(world, person, 'sendMail');
      await actAs(world, person.id, 'erase');
      await untilEnded(world, person);
      await save('erased-while-invited', idOf(person));
    },
  },
  'erased-while-verifying': erasedAt('verifying'),
  'erased-while-confirming': erasedAt('confirming'),
  'erased-while-blocked': erasedAt('blocked'),
  'erased-with-traces-on-the-way': {
    async walk(world, save) {
      const invitation = await invited(world);
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await actAs(world, invitation.id, 'erase');
      await untilEnded(world, invitation);
      await save('erased-with-traces-on-the-way', idOf(invitation));
    },
  },
  'traces-erased': {
    async walk(world, save) {
      const person = await toDashboard(world);
      await actAs(world, person.id, 'erase');
      await save('traces-erased', idOf(person, 2));
    },
  },
  /** By retention, whoever never came in. */
  retired: {
    saves: [
      'retired-expired',
      'retired-revoked',
      'retired-blocked',
      'retired-enrolling',
      'retired-confirming',
    ],
    async walk(world, save) {
      const [expired, revoked] = [await invited(world), await invited(world)];
      await settled(world, revoked);
      await actAs(world, revoked.id, 'revoke');
      const waiting = [await AT.enrolling(world), await AT.confirming(world)] as const;
      const blocked = await AT.verifying(world);
      await world.pass(8 * DAY);
      await until(world, expired, 'expired');
      await until(world, blocked, 'blocked');
      await world.pass(DAY + world.policy.blockedRetention + world.policy.retainEnded);
      await world.retain();
      for (const person of [expired, revoked, blocked, ...waiting]) await untilTraceless(world, person);
      await save('retired-expired', idOf(expired, 2));
      await save('retired-revoked', idOf(revoked, 2));
      await save('retired-blocked', idOf(blocked, 2));
      await save('retired-enrolling', idOf(waiting[0]));
      await save('retired-confirming', idOf(waiting[1]));
    },
  },
  /** No staff action, whose Update would have the task begun anew: the tries in the worker are counted. */
  'erasure-on-the-queue': {
    world: { dependencies: failingErasure() },
    async walk(world, save) {
      const invitation = await AT.enrolling(world);
      await world.pass(DAY + world.policy.retainEnded);
      await world.retain();
      await untilEnded(world, invitation);
      await save('erasure-on-the-queue', idOf(invitation));
    },
  },
  /** As `doctor` does it for somebody whom a backup has brought back. */
  'erased-again': {
    async walk(world, save) {
      const invitation = await AT.enrolling(world);
      const backup = await world.store.onboardings.find(invitation.id);
      await actAs(world, invitation.id, 'erase');
      await untilEnded(world, invitation);
      if (backup) await world.store.onboardings.model.replaceOne({ _id: invitation.id }, backup);
      await atTerminal(world, doctorCommand, '--repair');
      await untilTraceless(world, invitation);
      await save('erased-again', idOf(invitation, 2));
    },
  },
};
