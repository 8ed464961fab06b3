import assert from 'node:assert/strict';
import { ACTION_OPERATIONS, SUPPORT_ONLY } from '../../api/rest/operations.js';
import { ACTIONS, type ActionName, mayTake, STAFF_ACTIONS, stageAfter } from '../../store/actions.js';
import { blockAt } from '../../store/deadlines.js';
import { type ActorKind, type Onboarding, SERVICE, STAGES, type Stage } from '../../store/facts.js';
import {
  activate,
  block,
  eraseAgain,
  eraseAlong,
  eraseEnded,
  expireInvite,
  type Judge,
  later,
  lockCodes,
  staffAction,
} from '../../store/steps.js';
import { startWorld, type World } from '../support/world.js';
import { DOORS } from './doors.js';
import { factsOf, type Placed, personAt } from './people.js';
import {
  type Answered,
  eventOf,
  isStaffAction,
  personFor,
  prepared,
  tryApi,
  tryForm,
  tryStaffPage,
} from './trying.js';

const NAMES = Object.keys(ACTIONS) as ActionName[];
const ACTORS = ['clinician', 'team-lead', 'api-key', 'support', 'service'] as const satisfies ActorKind[];
type Visitor = Exclude<ActorKind, 'service'>;

/** Where the table lets an action lead; undefined: it is refused. */
const leadsTo = (action: ActionName, kind: ActorKind, stage: Stage): Stage | undefined =>
  mayTake(action, { kind }) ? stageAfter(action, stage) : undefined;

const titleOf = (action: ActionName, kind: ActorKind): string => {
  const moves = STAGES.flatMap((stage) => {
    const end = leadsTo(action, kind, stage);
    return end ? [end === stage ? stage : `${stage} → ${end}`] : [];
  });
  return `${action}: ${moves.join(', ') || 'never'}`;
};

const usesForm = (action: ActionName, kind: ActorKind): boolean =>
  kind === 'clinician' && DOORS[action].clinician !== undefined;

/** All stages at once, and which of them it was where one fails. */
async function atEachStage(look: (stage: Stage) => Promise<void>): Promise<void> {
  const outcomes = STAGES.map((stage) =>
    look(stage).catch((error: unknown) => {
      if (error instanceof Error) error.message = `at ${stage}: ${error.message}`;
      throw error;
    }),
  );
  await Promise.allSettled(outcomes);
  await Promise.all(outcomes);
}

/** SECURITY.md rows 16, 22 and 24: `store/actions.ts`, cell by cell, over HTTP. What is expected is what the table says. */
describe('every stage × action × actor', function () {
  this.timeout(60_000);
  let world: World;
  const actors = {} as Record<'clinician' | 'team-lead' | 'support', Placed>;
  before(async () => {
    world = await startWorld({ worker: false, policy: { resendCooldown: 0 } });
    Object.assign(world.gateway, { act: async () => undefined });
    for (const role of ['clinician', 'team-lead', 'support'] as const) {
      actors[role] = await personAt(world, 'active', { facts: { role } });
    }
  });
  after(() => world?.stop());

  /** Tries an action on somebody as one who may most: at the form or console with a whole session, or with the team's key. */
  function attempt(action: ActionName, kind: Visitor, placed: Placed): Promise<Answered> {
    if (kind === 'api-key') return tryApi(world, action, placed.id);
    if (usesForm(action, kind)) return tryForm(world, action, placed);
    const by = actors[kind].person;
    return tryStaffPage(world, action, {
      id: placed.id,
      by,
      page: kind === 'team-lead' ? 'team' : 'support',
      isStaff: kind !== 'clinician',
    });
  }

  const idOf = (kind: ActorKind, target: Onboarding): { id?: string } => {
    if (kind === 'service') return {};
    if (kind === 'api-key') return { id: 'demo' };
    return { id: kind === 'clinician' ? target._id : actors[kind].id };
  };

  /** One write, one event with its actor, the stage of the table. */
  function assertOneStep(before: Onboarding, after: Onboarding, kind: ActorKind, end: Stage): void {
    assert.deepEqual([after.stage, after.seq], [end, before.seq + 1]);
    const events = after.outbox.slice(before.outbox.length);
    assert.deepEqual(
      events.map(({ id, seq, actor }) => ({ id, seq, actor })),
      [{ id: `${before._id}:${after.seq}`, seq: after.seq, actor: { kind, ...idOf(kind, before) } }],
    );
  }

  /** Nothing changes people whom nobody may touch: one a stage will do. */
  const untouched = new Map<Stage, Promise<Placed>>();
  async function target(action: ActionName, kind: Visitor, stage: Stage): Promise<Placed> {
    if (leadsTo(action, kind, stage) || usesForm(action, kind)) {
      return prepared(world, action, await personAt(world, stage, personFor(action)));
    }
    const placed = untouched.get(stage) ?? personAt(world, stage);
    untouched.set(stage, placed);
    return placed;
  }

  async function tryCell(action: ActionName, kind: Visitor, stage: Stage): Promise<void> {
    const placed = await target(action, kind, stage);
    const before = await factsOf(world, placed.id);
    const answered = await attempt(action, kind, placed);
    const after = await factsOf(world, placed.id);
    const end = leadsTo(action, kind, stage);
    if (end) {
      answered.assertTaken(end);
      assertOneStep(before, after, kind, end);
      assert.equal(after.outbox.at(-1)?.type, eventOf(action, stage));
    } else {
      answered.assertRefused();
      assert.deepEqual(after, before);
    }
  }

  for (const kind of ['clinician', 'team-lead', 'api-key', 'support'] as const) {
    describe(`by ${kind}`, () => {
      for (const action of NAMES) {
        it(titleOf(action, kind), () => atEachStage((stage) => tryCell(action, kind, stage)));
      }
    });
  }

  describe('by the service, at the store', () => {
    /** As the workflow asks for them when their time has come. */
    const STEPS: Partial<Record<ActionName, (o: Onboarding) => Judge>> = {
      'expire-invitation': (o) =>
        expireInvite({ asOf: later(o.inviteBy, world.policy.blockGrace) }, world.policy),
      block: (o) => block({ asOf: blockAt(o, world.policy) }, world.policy),
      activate: () => activate({ at: world.now() }),
      'lock-codes': () => lockCodes({ at: world.now() }, world.policy),
      'erase-ended': ({ stageSince }) => {
        const { blockedRetention, retainEnded } = world.policy;
        return eraseEnded({ asOf: later(stageSince, blockedRetention + retainEnded) }, world.policy);
      },
      'erase-along': () => eraseAlong({ of: 'somebody', at: world.now() }, world.policy),
      'erase-again': ({ seq }) => eraseAgain({ attempt: 2, seq, at: world.now() }, world.policy),
    };
    const stepOf = (action: ActionName, o: Onboarding): Judge | undefined =>
      isStaffAction(action)
        ? staffAction(
            {
              action: { name: action, newLinkId: 'a-link', email: 'right@example.org' },
              actor: SERVICE,
              reason: 'because',
              at: world.now(),
            },
            world.policy,
          )
        : STEPS[action]?.(o);

    for (const action of NAMES.filter((name) => isStaffAction(name) || DOORS[name].service)) {
      it(titleOf(action, 'service'), async () => {
        await atEachStage(async (stage) => {
          const facts = { codeFailures: world.policy.codeFailureCap };
          const { id } = await personAt(world, stage, { facts });
          // The code was right: what unlocks is up to the worker.
          await world.store.onboardings.model.updateOne(
            { _id: id, stage: 'confirming' },
            { $set: { 'challenge.consumedAt': world.now() } },
          );
          const before = await factsOf(world, id);
          const judge = stepOf(action, before);
          assert.ok(judge, `a step for ${action}`);
          await world.store.onboardings.take(id, judge);
          const end = leadsTo(action, 'service', stage);
          const after = await factsOf(world, id);
          if (end) assertOneStep(before, after, 'service', end);
          else assert.deepEqual(after, before);
        });
      });
    }

    it('nobody else may do what the service does, and it does nothing else', () => {
      for (const action of NAMES) {
        const others = ACTORS.filter((kind) => kind !== 'service' && mayTake(action, { kind }));
        assert.equal(others.length === 0, mayTake(action, SERVICE), action);
      }
    });
  });

  it('the doors are those of the table', () => {
    for (const action of NAMES) {
      assert.deepEqual(Object.keys(DOORS[action]).sort(), [...ACTIONS[action].by].sort(), action);
    }
    assert.deepEqual(
      Object.keys(ACTION_OPERATIONS),
      STAFF_ACTIONS.filter((name) => mayTake(name, { kind: 'api-key' })),
      'the API has an operation for each that a key may take',
    );
    assert.deepEqual(
      [...Object.keys(ACTION_OPERATIONS), ...Object.keys(SUPPORT_ONLY)].sort(),
      [...STAFF_ACTIONS].sort(),
      'and refuses the others',
    );
  });
});
