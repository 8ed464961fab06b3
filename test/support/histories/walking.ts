import { eventually } from '../eventually.js';
import { enterCode, enterNumber, type Invited, newNumber, PASSWORD, untilUnlocked } from '../journey.js';
import { Person } from '../person.js';
import { passUntilStored } from '../skipping.js';
import type { World } from '../world.js';

/** What the paths have in common. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

type WithId = Pick<Invited, 'id'>;

/** The workflow of an attempt. */
export const idOf = ({ id }: WithId, attempt = 1): string => `onboarding-${id}-${attempt}`;

export const until = (world: World, { id }: WithId, stage: string) =>
  eventually(`the stage is ${stage}`, async () => (await world.store.onboardings.find(id))?.stage === stage);

export const untilEnded = (world: World, person: WithId, attempt = 1) =>
  world.client.workflow.getHandle(idOf(person, attempt)).result();

export const untilStuck = (world: World, { id }: WithId) =>
  eventually('support is called', async () => (await world.store.onboardings.find(id))?.needsSupport);

/** The workflow knows the last step, and no message is on its way: what comes next is one step of its own. */
export const settled = (world: World, { id }: WithId) =>
  eventually('the workflow knows all', async () => {
    const onboarding = await world.store.onboardings.find(id);
    const live = onboarding && (await world.gateway.live(onboarding, 5_000));
    return live?.seq === onboarding?.seq && live?.sending.length === 0;
  });

/** An activity of this kind has failed so that another try waits. */
export const untilTriedAgain = (world: World, { id: _id }: WithId, activity: string, attempt = 1) =>
  eventually(`${activity} is tried again`, async () => {
    const seen = await world.gateway.seen({ _id, attempt }, 5_000);
    return seen?.pending.some((each) => each.activity === activity && each.tries > 1);
  });

/** Lets time pass until the block, which is awaited after a few seconds of it. */
export const untilBlocked = (world: World, { id }: WithId, within = 2 * DAY) =>
  passUntilStored(world, id, ({ stage }) => stage === 'blocked', { step: HOUR, within });

/** Signs in after something that ended every session. */
export async function signedIn(world: World, email: string, password = PASSWORD): Promise<Person> {
  const person = new Person(world.url);
  await person.open('/sign-in');
  return person.press('Sign in', { email, password });
}

/** Signs in after a staff action, and goes on with another number. */
export async function comeBack(world: World, { id, email, link }: Invited): Promise<void> {
  await goOn(world, { id, email, link, person: await signedIn(world, email) });
}

/** From the mobile number to the dashboard. */
export async function goOn(world: World, invitation: Invited): Promise<void> {
  const number = newNumber();
  await enterNumber(invitation, number);
  await enterCode(world, invitation, number);
  await untilUnlocked(invitation);
}
