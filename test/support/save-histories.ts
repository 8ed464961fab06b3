import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { eventually } from './eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invite,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  toDashboard,
  untilUnlocked,
  verifyEmail,
} from './journey.js';
import { stopSharedServices } from './shared-services.js';
import { actAs } from './staff.js';
import { startWorld, type World } from './world.js';

/**
 * `npm run histories`: takes every path through the workflow once and saves its history, so that a later version of the code
 * is replayed against what the present one has done. Run it when a path is added (`npm run histories -- NAME` for that one alone),
 * and keep the old files.
 */
const FOLDER = fileURLToPath(new URL('../../../test/histories/', import.meta.url));
const DAY = 24 * 3_600_000;

async function save(world: World, name: string, workflowId: string): Promise<void> {
  const history = await world.client.workflow.getHandle(workflowId).fetchHistory();
  await writeFile(
    `${FOLDER}${name}.json`,
    `${JSON.stringify(JSON.parse(historyToJSON(history)), null, 1)}\n`,
  );
  process.stdout.write(`${name}: ${history.events?.length} events\n`);
}

const saveOnboarding = (world: World, name: string, { id }: Pick<Invited, 'id'>) =>
  save(world, name, `onboarding-${id}-1`);

const until = (world: World, { id }: Pick<Invited, 'id'>, stage: string) =>
  eventually(`the stage is ${stage}`, async () => (await world.store.onboardings.find(id))?.stage === stage);

const untilEnded = (world: World, { id }: Pick<Invited, 'id'>) =>
  world.client.workflow.getHandle(`onboarding-${id}-1`).result();

const PATHS: Record<string, (world: World) => Promise<void>> = {
  async 'happy-path'(world) {
    const person = await toDashboard(world);
    await saveOnboarding(world, 'happy-path', person);
  },
  async 'resent-and-corrected'(world) {
    const invitation = await invited(world);
    await actAs(world, invitation.id, 'resend');
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await invitation.person.press('Send the email again');
    const email = newEmail();
    await invitation.person.open('/change-address');
    await invitation.person.press('Change email address', { email, password: PASSWORD });
    await verifyEmail(world, { ...invitation, email });
    await enterNumber(invitation, newNumber());
    await invitation.person.open('/phone');
    const number = newNumber();
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    await saveOnboarding(world, 'resent-and-corrected', invitation);
  },
  async expired(world) {
    const invitation = await invited(world);
    await world.pass(8 * DAY);
    await untilEnded(world, invitation);
    await saveOnboarding(world, 'expired', invitation);
  },
  async 'blocked-and-let-in-again'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await world.pass(DAY + 60_000);
    await until(world, invitation, 'blocked');
    const since = world.inbox.mails.length;
    await actAs(world, invitation.id, 'new-window');
    await invitation.person.open(await linkFromMail(world, invitation.email, 'verify', since));
    await invitation.person.press('Verify email');
    await invitation.person.press('Sign in', { email: invitation.email, password: PASSWORD });
    await world.pass(2 * DAY);
    await saveOnboarding(world, 'blocked-and-let-in-again', invitation);
  },
  async 'blocked-for-good'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await world.pass(40 * DAY);
    await untilEnded(world, invitation);
    await saveOnboarding(world, 'blocked-for-good', invitation);
  },
  async revoked(world) {
    const invitation = await invited(world);
    await actAs(world, invitation.id, 'revoke');
    await untilEnded(world, invitation);
    await saveOnboarding(world, 'revoked', invitation);
  },
  async 'erased-with-traces-on-the-way'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await actAs(world, invitation.id, 'erase');
    await untilEnded(world, invitation);
    await saveOnboarding(world, 'erased-with-traces-on-the-way', invitation);
  },
  async 'traces-erased'(world) {
    const { id } = await toDashboard(world);
    await actAs(world, id, 'erase');
    await save(world, 'traces-erased', `onboarding-${id}-2`);
  },
  async 'mail-refused'(world) {
    world.inbox.switches.set({ mail: { mode: 'refuse-5xx', remaining: 1 } });
    const { body } = await invite(world, { email: newEmail() });
    const id = body['id'] ?? '';
    await eventually('support is called', async () => (await world.store.onboardings.find(id))?.needsSupport);
    await world.pass(8 * DAY);
    await untilEnded(world, { id });
    await saveOnboarding(world, 'mail-refused', { id });
  },
};

await mkdir(FOLDER, { recursive: true });
const named = process.argv.slice(2);
for (const [name, walk] of Object.entries(PATHS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const world = await startWorld({ skipsTime: true, policy: { resendCooldown: 1 } });
  try {
    await walk(world);
  } catch (error) {
    process.stderr.write(`${name} failed\n`);
    throw error;
  } finally {
    await world.stop();
  }
}
await stopSharedServices();
