import assert from 'node:assert/strict';
import type { Onboarding } from '../../store/facts.js';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
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
} from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';

/** Errors that come at once: nothing is waited for, so that all tries in the worker are used up within a second. */
describe('a database that answers a worker with errors', function () {
  this.timeout(60_000);
  let world: World;
  let failing = false;
  let failures = 0;
  before(async () => {
    world = await startWorld({
      dependencies: (real) => {
        function unlessFailing<A extends unknown[], R>(ask: (...args: A) => Promise<R>) {
          return async (...args: A): Promise<R> => {
            if (!failing) return ask(...args);
            failures++;
            throw new Error('connection refused');
          };
        }
        const { find, take } = real.store.onboardings;
        const onboardings = {
          ...real.store.onboardings,
          find: unlessFailing(find),
          take: unlessFailing(take),
        };
        return { ...real, store: { ...real.store, onboardings } };
      },
    });
  });
  after(() => world?.stop());

  const waitsFor = (o: Onboarding, message: string) =>
    eventually(`a try failed: ${message}`, async () => {
      const seen = await world.gateway.seen(o, 5_000);
      return seen?.status === 'RUNNING' && seen.pending.some(({ lastFailure }) => lastFailure === message);
    });

  it('ends no workflow with them: it asks until there is an answer', async () => {
    const invitation = await invited(world);
    await untilTold(world, invitation, 2);
    failing = true;
    await createAccount(invitation);
    const o = await world.store.onboardings.find(invitation.id);
    assert.equal(o?.stage, 'verifying');
    await waitsFor(o ?? assert.fail(), 'connection refused');
    assert.ok(failures > 3, `${failures} tries`);
    failing = false;
    await verifyEmail(world, invitation);
    const number = newNumber();
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    await assertNothingLeft(world);
  });

  it('ends no workflow where it is another one, without the onboarding, for a while', async () => {
    const invitation = await invited(world);
    const { id: _id, email } = invitation;
    const { model } = world.store.onboardings;
    const o = await untilTold(world, invitation, 2);
    await model.deleteOne({ _id });
    await world.gateway.nudge(o);
    await waitsFor(o, `Not in the database: ${_id}`);
    await model.insertOne(o);
    await createAccount(invitation);
    await linkFromMail(world, email, 'verify');
    await assertNothingLeft(world);
  });
});
