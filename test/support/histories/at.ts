import { createAccount, enterNumber, invited, linkFromMail, newNumber, verifyEmail } from '../journey.js';
import type { World } from '../world.js';
import { settled, untilBlocked } from './walking.js';

/** New people, each at a stage that the workflow has seen. */
export const AT = {
  async verifying(world: World) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await settled(world, invitation);
    return invitation;
  },
  async enrolling(world: World) {
    const invitation = await AT.verifying(world);
    await verifyEmail(world, invitation);
    await settled(world, invitation);
    return invitation;
  },
  async confirming(world: World) {
    const invitation = await AT.enrolling(world);
    await enterNumber(invitation, newNumber());
    await settled(world, invitation);
    return invitation;
  },
  async blocked(world: World) {
    const invitation = await AT.verifying(world);
    await untilBlocked(world, invitation);
    await settled(world, invitation);
    return invitation;
  },
};
