import { type Placed, personAt } from '../security/people.js';
import type { World } from '../support/world.js';

/** Somebody of support, fully signed in, with the console in front. */
export async function supportPerson(world: World): Promise<Placed> {
  const placed = await personAt(world, 'active', {
    facts: { role: 'support', firstName: 'Robin', lastName: 'Hart' },
  });
  await placed.person.open('/support');
  return placed;
}
