import type { Inviter } from '../inviting.js';
import { type Served, serve } from './operation.js';
import { invitePerson } from './operations.js';
import { pathOf, representationOf } from './representation.js';

/** Invites one person a call. */
export const inviting = (invite: Inviter): Served =>
  serve(invitePerson, async ({ key, at, body, idempotencyKey, crashedAt }) => {
    const { firstName, lastName, message, ...rest } = body;
    const { created, onboarding } = await invite({
      caller: { kind: 'api-key', id: key._id, name: key.ownerName, teamId: key.teamId },
      request: {
        ...rest,
        ...(firstName !== undefined && { firstName }),
        ...(lastName !== undefined && { lastName }),
        ...(message !== undefined && { message }),
      },
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      crashed: crashedAt !== undefined,
      at,
    });
    const invitation = representationOf(onboarding, at);
    return {
      status: created ? 201 : 200,
      location: pathOf(onboarding),
      // A repeat after a crash gets what the invitation was when it was made.
      body: created ? { ...invitation, stage: 'invited' } : invitation,
    };
  });
