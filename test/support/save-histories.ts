import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { doctorCommand } from '../../admin/commands/doctor.js';
import { startTemporal, type TemporalService } from '../../dev/services/temporal.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { lookSignal, TASK_QUEUES } from '../../workflows/messages.js';
import { handIn, newRows, untilDone } from './batches.js';
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
  untilTold,
  untilUnlocked,
  verifyEmail,
} from './journey.js';
import { Person } from './person.js';
import { stopSharedServices } from './shared-services.js';
import { actAs } from './staff.js';
import { atTerminal } from './terminal.js';
import { startWorld, type World } from './world.js';

/**
 * `npm run histories`: takes every path through the workflow once and saves its history, so that a later version of the code
 * is replayed against what the present one has done. Run it when a path is added (`npm run histories -- NAME` for that one alone),
 * and keep the old files.
 */
const FOLDER = fileURLToPath(new URL('../../../test/histories/', import.meta.url));
const DAY = 24 * 3_600_000;
/** Invitations in seconds, so that a batch of more has to wait. */
const ALLOWANCE = { points: 40, duration: 3 };

/** Of one run of several, or of the last. Without stack traces: they name the folders of whoever saved it. */
async function save(world: World, name: string, workflowId: string, runId?: string): Promise<void> {
  const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const withoutTraces = (key: string, value: unknown) => (key === 'stackTrace' ? undefined : value);
  const text = JSON.stringify(JSON.parse(historyToJSON(history), withoutTraces), null, 1);
  await writeFile(`${FOLDER}${name}.json`, `${text}\n`);
  process.stdout.write(`${name}: ${history.events?.length} events\n`);
}

const saveOnboarding = (world: World, name: string, { id }: Pick<Invited, 'id'>) =>
  save(world, name, `onboarding-${id}-1`);

const until = (world: World, { id }: Pick<Invited, 'id'>, stage: string) =>
  eventually(`the stage is ${stage}`, async () => (await world.store.onboardings.find(id))?.stage === stage);

const untilEnded = (world: World, { id }: Pick<Invited, 'id'>) =>
  world.client.workflow.getHandle(`onboarding-${id}-1`).result();

/** Signs in after a staff action that ended every session, and goes on with another number. */
async function comeBack(world: World, { id, email, link }: Invited): Promise<void> {
  const again = { id, email, link, person: new Person(world.url) };
  await again.person.open('/sign-in');
  await again.person.press('Sign in', { email, password: PASSWORD });
  await goOn(world, again);
}

/** From the mobile number to the dashboard. */
async function goOn(world: World, invitation: Invited): Promise<void> {
  const number = newNumber();
  await enterNumber(invitation, number);
  await enterCode(world, invitation, number);
  await untilUnlocked(invitation);
}

/** Staff correct the address; whoever is there is mailed an invitation. */
async function correctAddress(world: World, { id }: Invited): Promise<Invited> {
  const email = newEmail();
  await actAs(world, id, 'correct-email', email);
  return { id, email, person: new Person(world.url), link: await linkFromMail(world, email, 'invite') };
}

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
  async superseded(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await world.pass(DAY + 60_000);
    await until(world, invitation, 'blocked');
    await world.pass(DEFAULT_POLICY.blockedRetention - DAY);
    await actAs(world, invitation.id, 'new-window');
    // A nudge that was under way to the attempt before.
    await world.client.workflow.getHandle(`onboarding-${invitation.id}-1`).signal(lookSignal);
    await untilEnded(world, invitation);
    await saveOnboarding(world, 'superseded', invitation);
  },
  async 'corrected-by-staff'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    const right = await correctAddress(world, invitation);
    await createAccount(right);
    await verifyEmail(world, right);
    await goOn(world, right);
    await saveOnboarding(world, 'corrected-by-staff', right);
  },
  async 'blocked-and-corrected'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await world.pass(DAY + 60_000);
    await until(world, invitation, 'blocked');
    const right = await correctAddress(world, invitation);
    await world.pass(4 * DAY);
    await createAccount(right);
    await verifyEmail(world, right);
    await goOn(world, right);
    await saveOnboarding(world, 'blocked-and-corrected', right);
  },
  async 'reminded-of-the-number'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await world.pass(2 * DAY);
    await world.inbox.nextMail(({ to, text }) => to === invitation.email && text.includes('/sign-in'));
    await invitation.person.open('/sign-in');
    await invitation.person.press('Sign in', { email: invitation.email, password: PASSWORD });
    await enterNumber(invitation, newNumber());
    await saveOnboarding(world, 'reminded-of-the-number', invitation);
  },
  async 'text-refused'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    world.inbox.switches.set({ texts: { mode: '400', remaining: 1 } });
    await enterNumber(invitation, newNumber());
    await eventually(
      'support is called',
      async () => (await world.store.onboardings.find(invitation.id))?.needsSupport,
    );
    const number = newNumber();
    await invitation.person.open('/phone');
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    await saveOnboarding(world, 'text-refused', invitation);
  },
  async 'number-corrected-on-the-way'(world) {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await enterNumber(invitation, newNumber());
    await untilTold(world, invitation, 6);
    await actAs(world, invitation.id, 'correct-number');
    await comeBack(world, invitation);
    await saveOnboarding(world, 'number-corrected-on-the-way', invitation);
  },
  async 'number-corrected-later'(world) {
    const person = await toDashboard(world);
    await actAs(world, person.id, 'correct-number');
    await comeBack(world, person);
    await save(world, 'number-corrected-later', `onboarding-${person.id}-2`);
  },
  async 'database-of-before'(world) {
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
    await saveOnboarding(world, 'database-of-before', invitation);
    await verifyEmail(world, invitation);
    await goOn(world, invitation);
    await save(world, 'database-of-before-revived', `onboarding-${id}-2`);
  },
  async 'database-without-it'(world) {
    const invitation = await invited(world);
    const { id: _id } = invitation;
    const onboarding = await untilTold(world, invitation, 2);
    await world.store.onboardings.model.deleteOne({ _id });
    await world.gateway.nudge(onboarding);
    await eventually('it is looked for in vain', async () => {
      const seen = await world.gateway.seen(onboarding, 5_000);
      return seen?.pending.some(({ activity, tries }) => activity === 'look' && tries > 1);
    });
    await world.store.onboardings.model.insertOne(onboarding);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await saveOnboarding(world, 'database-without-it', invitation);
  },
  async 'another-history'(world) {
    const { id } = await toDashboard(world);
    const workflowId = `onboarding-${id}-1`;
    const runs = await eventually('all runs have ended', async () => {
      const listed: WorkflowExecutionInfo[] = [];
      for await (const run of world.client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
        listed.push(run);
      return listed.some(({ status }) => status.name === 'COMPLETED') && listed;
    });
    for (const status of ['CONTINUED_AS_NEW', 'COMPLETED']) {
      const run = runs.find((each) => each.status.name === status);
      await save(
        world,
        `another-history-${status === 'COMPLETED' ? 'ends' : 'begins'}`,
        workflowId,
        run?.runId,
      );
    }
  },
  async notice(world) {
    const invitation = await invited(world);
    await actAs(world, invitation.id, 'revoke');
    const told = await eventually('the inviter has been told', async () =>
      (await world.store.messages.of(invitation.id)).find(
        ({ kind, state }) => kind === 'invitation-revoked' && state === 'accepted',
      ),
    );
    await save(world, 'notice', `notice-${invitation.id}-${told.about}`);
  },
  async 'sign-in-code'(world) {
    const { id, email } = await toDashboard(world);
    const again = new Person(world.url);
    await again.open('/sign-in');
    await again.press('Sign in', { email, password: PASSWORD });
    const challenge = (await world.store.onboardings.find(id))?.challenge;
    const workflowId = `sign-in-code-${challenge?.id}-${challenge?.sends}`;
    await world.client.workflow.getHandle(workflowId).result();
    await save(world, 'sign-in-code', workflowId);
  },
  async 'batch-that-waits'(world) {
    const id = await handIn(world, newRows(ALLOWANCE.points + 20));
    await untilDone(world, id, 60_000);
    await save(world, 'batch-that-waits', `batch-${id}`);
  },
  async 'rounds-of-the-schedules'(world) {
    for (const type of ['sweep', 'filing', 'retention']) {
      const workflowId = `${type}-saved`;
      await world.client.workflow.execute(type, { workflowId, taskQueue: TASK_QUEUES.onboarding });
      await save(world, `round-of-${type}`, workflowId);
    }
  },
};

/** Paths that need a Temporal with other settings, and so one that does not skip time. */
const SETTINGS: Record<string, Record<string, number>> = {
  'another-history': { 'limit.historyCount.suggestContinueAsNew': 12 },
};

async function temporalFor(name: string): Promise<TemporalService | undefined> {
  const dynamicConfig = SETTINGS[name];
  const dataDir = join(tmpdir(), `onboarding-histories-${process.pid}`);
  return dynamicConfig && startTemporal({ dataDir, env: process.env, report: () => {}, dynamicConfig });
}

await mkdir(FOLDER, { recursive: true });
const named = process.argv.slice(2);
for (const [name, walk] of Object.entries(PATHS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const temporal = await temporalFor(name);
  const world = await startWorld({
    ...(temporal ? { temporal } : { skipsTime: true }),
    policy: { resendCooldown: 1 },
    limits: { 'invite-caller': ALLOWANCE },
  });
  try {
    await walk(world);
  } catch (error) {
    process.stderr.write(`${name} failed\n`);
    throw error;
  } finally {
    await world.stop();
    await temporal?.stop();
  }
}
await stopSharedServices();
