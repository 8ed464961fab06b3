import assert from 'node:assert/strict';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  invited,
  linkFromMail,
  newNumber,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { HOUR, MINUTE, passUntilStored } from '../support/skipping.js';
import { startWorld, type World } from '../support/world.js';

for (const [name, skew] of [
  ['five minutes ahead', 5 * MINUTE],
  ['five minutes behind', -5 * MINUTE],
] as const) {
  describe(`a worker whose clock is ${name}, on a server that skips time`, function () {
    this.timeout(60_000);
    let world: World;
    before(async () => {
      world = await startWorld({
        skipsTime: true,
        policy: { sessionIdle: 48 * HOUR, sessionAbsolute: 48 * HOUR, resendCooldown: 0 },
        dependencies: (real) => ({ ...real, clock: () => new Date(real.clock().getTime() + skew) }),
      });
    });
    after(() => world?.stop());

    const found = async (id: string) => {
      const onboarding = await world.store.onboardings.find(id);
      assert.ok(onboarding);
      return onboarding;
    };

    it('blocks by the time of the workflow, once, and does not run hot', async () => {
      const invitation = await invited(world);
      await createAccount(invitation);
      await linkFromMail(world, invitation.email, 'verify');
      const verifyBy = await eventually(
        'the deadline runs',
        async () => (await found(invitation.id)).verifyBy,
      );
      await world.pass(verifyBy.getTime() + 29_000 - world.now().getTime());
      assert.equal((await found(invitation.id)).stage, 'verifying');
      await world.pass(5_000);
      await passUntilStored(world, invitation.id, ({ stage }) => stage === 'blocked', { within: MINUTE });
      await world.inbox.nextMail(({ to, subject }) => to === invitation.email && /blocked/i.test(subject));
      const { blockedAt, outbox } = await found(invitation.id);
      assert.ok((blockedAt?.getTime() ?? 0) >= verifyBy.getTime() + 30_000);
      assert.equal(outbox.filter(({ type }) => type === 'blocked').length, 1);
      const { historyLength } = await world.client.workflow
        .getHandle(`onboarding-${invitation.id}-1`)
        .describe();
      assert.ok(historyLength <= 60, `${historyLength} events`);
    });

    it('expires an invitation by the time of the workflow, and does not run hot', async () => {
      const { id } = await invited(world);
      const { inviteBy } = await found(id);
      await world.pass(inviteBy.getTime() + 29_000 - world.now().getTime());
      assert.equal((await found(id)).stage, 'invited');
      await world.pass(5_000);
      const handle = world.client.workflow.getHandle(`onboarding-${id}-1`);
      assert.equal(await handle.result(), 'expired');
      const { historyLength } = await handle.describe();
      assert.ok(historyLength <= 50, `${historyLength} events`);
    });

    it('leads to the dashboard, and one refused try at a text is no reason to call support', async () => {
      const invitation = await invited(world);
      const number = newNumber();
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      world.inbox.switches.set({ texts: { mode: '503', remaining: 1 } });
      await enterNumber(invitation, number);
      await eventually('the provider was asked', () =>
        Promise.resolve(world.inbox.switches.current().texts.mode === 'ok'),
      );
      await world.pass(5_000);
      await enterCode(world, invitation, number);
      await untilUnlocked(invitation);
      const { outbox } = await found(invitation.id);
      assert.ok(!outbox.some(({ type }) => type === 'needs-support'));
    });

    it('leaves nothing undone', () => assertNothingLeft(world));
  });
}
