import assert from 'node:assert/strict';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { TASK_QUEUES } from '../../../../workflows/messages.js';
import { handIn, newRows, untilDone } from '../../batches.js';
import { eventually } from '../../eventually.js';
import { invited, toDashboard } from '../../journey.js';
import { onboardingAt } from '../../onboardings.js';
import { passUntil } from '../../skipping.js';
import { actAs } from '../../staff.js';
import type { World } from '../../world.js';
import type { Path, Paths, Save } from '../path.js';
import { DAY, HOUR, idOf, settled, signedIn, untilEnded } from '../walking.js';

/** Invitations in seconds, so that a batch of more has to wait. */
const ALLOWANCE = { points: 40, duration: 3 };

/** Temporal keeps what has ended for a while only: a nudge after that begins a workflow where there is nothing to do. */
async function beginAgain(world: World, save: Save, name: string, { id }: { id: string }): Promise<void> {
  const workflowId = `${idOf({ id })}-forgotten-${name}`;
  await world.client.workflow.execute('clinicianOnboarding', {
    workflowId,
    taskQueue: TASK_QUEUES.onboarding,
    args: [{ onboardingId: id, attempt: 1 }],
  });
  await save(name, workflowId);
}

const round = (type: 'sweep' | 'filing' | 'retention', world: World, save: Save, name: string) =>
  world.client.workflow
    .execute(type, { workflowId: name, taskQueue: TASK_QUEUES.onboarding })
    .then(() => save(name, name));

const ROUNDS: Path = {
  saves: ['round-of-sweep', 'round-of-filing', 'round-of-retention'],
  async walk(world, save) {
    for (const type of ['sweep', 'filing', 'retention'] as const)
      await round(type, world, save, `round-of-${type}`);
  },
};

/** The other workflows, and what happens to a workflow whatever it is about. */
export const OTHERS: Paths = {
  'another-history': {
    saves: ['another-history-first', 'another-history-begins', 'another-history-ends'],
    temporal: { 'limit.historyCount.suggestContinueAsNew': 12 },
    async walk(world, save) {
      const workflowId = idOf(await toDashboard(world));
      const runs = await eventually('all runs have ended', async () => {
        const listed: WorkflowExecutionInfo[] = [];
        for await (const run of world.client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
          listed.push(run);
        return listed.some(({ status }) => status.name === 'COMPLETED') && listed;
      });
      const [first, ...others] = runs.toSorted((a, b) => Number(a.startTime) - Number(b.startTime));
      const [last, before] = others.toReversed();
      await save('another-history-first', workflowId, first?.runId);
      await save('another-history-begins', workflowId, before?.runId);
      await save('another-history-ends', workflowId, last?.runId);
    },
  },
  forgotten: {
    saves: ['forgotten-expired', 'forgotten-revoked', 'forgotten-suspended', 'forgotten-active'],
    async walk(world, save) {
      const expired = await invited(world);
      await world.pass(8 * DAY);
      await untilEnded(world, expired);
      await beginAgain(world, save, 'forgotten-expired', expired);
      const revoked = await invited(world);
      await settled(world, revoked);
      await actAs(world, revoked.id, 'revoke');
      await untilEnded(world, revoked);
      await beginAgain(world, save, 'forgotten-revoked', revoked);
      const member = await toDashboard(world);
      await actAs(world, member.id, 'suspend');
      await beginAgain(world, save, 'forgotten-suspended', member);
      await actAs(world, member.id, 'reinstate');
      await beginAgain(world, save, 'forgotten-active', member);
    },
  },
  notice: {
    async walk(world, save) {
      const invitation = await invited(world);
      await actAs(world, invitation.id, 'revoke');
      const told = await eventually('the inviter has been told', async () =>
        (await world.store.messages.of(invitation.id)).find(
          ({ kind, state }) => kind === 'invitation-revoked' && state === 'accepted',
        ),
      );
      await save('notice', `notice-${invitation.id}-${told.about}`);
    },
  },
  'notice-given-up': {
    async walk(world, save) {
      const invitation = await invited(world);
      await settled(world, invitation);
      world.inbox.switches.set({ mail: { mode: 'refuse-4xx' } });
      await actAs(world, invitation.id, 'revoke');
      const [notice] = (await world.store.onboardings.find(invitation.id))?.notices ?? [];
      const workflowId = `notice-${invitation.id}-${notice?.id}`;
      const handle = world.client.workflow.getHandle(workflowId);
      await passUntil(
        world,
        'the notice is given up',
        async () => (await handle.describe()).status.name === 'FAILED',
        { step: HOUR, within: 8 * DAY },
      );
      await save('notice-given-up', workflowId);
    },
  },
  'sign-in-code': {
    async walk(world, save) {
      const { id, email } = await toDashboard(world);
      await signedIn(world, email);
      const challenge = (await world.store.onboardings.find(id))?.challenge;
      const workflowId = `sign-in-code-${challenge?.id}-${challenge?.sends}`;
      await world.client.workflow.getHandle(workflowId).result();
      await save('sign-in-code', workflowId);
    },
  },
  'batch-that-waits': {
    world: { limits: { 'invite-caller': ALLOWANCE } },
    async walk(world, save) {
      const id = await handIn(world, newRows(ALLOWANCE.points + 20));
      await untilDone(world, id, 60_000);
      await save('batch-that-waits', `batch-${id}`);
    },
  },
  'rounds-of-the-schedules': ROUNDS,
  /** More people than go at once. */
  'round-of-retention-in-parts': {
    async walk(world, save) {
      const stageSince = new Date(0);
      const people = Array.from({ length: 101 }, () => onboardingAt('expired', { stageSince }));
      for (const { emailSlot: _, ...person } of people) await world.store.onboardings.model.insertOne(person);
      await round('retention', world, save, 'round-of-retention-in-parts');
      const { stage } = (await world.store.onboardings.find(people.at(-1)?._id ?? '')) ?? {};
      assert.equal(stage, 'erased');
    },
  },
};
