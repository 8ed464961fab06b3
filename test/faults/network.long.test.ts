import assert from 'node:assert/strict';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  invite,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { createNetwork } from '../support/network.js';
import { startWorld, type World } from '../support/world.js';

const ACCOUNT = { firstName: 'Sam', lastName: 'Taylor', password: PASSWORD, accepted: 'yes' };

describe('a network in trouble', function () {
  this.timeout(60_000);
  let world: World;
  const network = createNetwork();
  before(async () => {
    world = await startWorld({
      via: network.via,
      patience: 700,
      // What was not told for seconds is what the sweeper looks for; its clock is ahead by as much.
      dependencies: (real) => ({ ...real, clock: () => new Date(real.clock().getTime() + 10_000) }),
    });
  });
  afterEach(() => {
    network.mongodb.restore();
    network.temporal.restore();
  });
  after(async () => {
    await world?.stop();
    await network.close();
  });

  const found = async (id: string) => {
    const onboarding = await world.store.onboardings.find(id);
    assert.ok(onboarding);
    return onboarding;
  };
  const eventsOf = async (id: string) => {
    await world.sweep();
    return (await world.store.audit.of(id)).map(({ type }) => type);
  };

  describe('to the database', () => {
    it('answers 503 with a page while it is away, has done nothing by half, and goes on when it is back', async () => {
      const invitation = await invited(world);
      const { person, id } = invitation;
      await person.open(invitation.link);
      await network.mongodb.cut();
      const form = person.page;
      await person.press('Create account', ACCOUNT);
      assert.equal(person.status, 503);
      assert.match(person.heading, /not available/);
      assert.ok(Number(person.headers.get('retry-after')) > 0);

      network.mongodb.restore();
      await eventually('the database answers', () =>
        world.store.ping().then(
          () => true,
          () => false,
        ),
      );
      assert.equal((await found(id)).stage, 'invited');
      person.page = form;
      await person.press('Create account', ACCOUNT);
      assert.equal(person.path, '/check-email');
      assert.equal((await found(id)).stage, 'verifying');
    });

    it('takes an invitation over the API again after a 503: one onboarding, one mail', async () => {
      const email = newEmail();
      const key = { 'idempotency-key': email };
      await network.mongodb.cut();
      const refused = await invite(world, { email }, key);
      assert.equal(refused.status, 503);
      assert.equal(refused.headers.get('content-type')?.split(';')[0], 'application/problem+json');
      assert.ok(Number(refused.headers.get('retry-after')) > 0);

      network.mongodb.restore();
      await eventually(
        'the invitation is taken',
        async () => (await invite(world, { email }, key)).status === 201,
      );
      await linkFromMail(world, email, 'invite');
      assert.equal(await world.store.onboardings.model.countDocuments({ email }), 1);
    });

    it('does each thing once when it cuts off between a write and its answer, at every step', async () => {
      const invitation = await invited(world);
      const { person, id, email } = invitation;
      const number = newNumber();
      /** Does it, and where that was answered with a failure, what people do: go back and press again. */
      async function losing(event: string, button: string, fields: Record<string, string> = {}) {
        const form = person.page;
        network.mongodb.loseAnswerTo(event);
        const met = network.mongodb.met();
        await person.press(button, fields);
        await met;
        if (person.status !== 503) return;
        person.page = form;
        await person.press(button, fields);
      }

      await person.open(invitation.link);
      await losing('account-created', 'Create account', ACCOUNT);
      if (person.path !== '/check-email') {
        // The account was made, so its invitation is used; the password leads on.
        assert.equal(person.status, 410, person.text);
        await person.open('/sign-in');
        await person.press('Sign in', { email, password: PASSWORD });
      }
      assert.equal(person.path, '/check-email', person.text);
      await world.sweep();
      await person.open(await linkFromMail(world, email, 'verify'));
      await losing('email-verified', 'Verify email');
      assert.equal(person.path, '/phone', person.text);
      await losing('number-entered', 'Continue', { phone: number });
      assert.equal(person.path, '/two-step', person.text);
      await world.sweep();
      await losing('code-confirmed', 'Next', { code: await codeFromText(world, number) });
      assert.match(person.path, /^\/(unlocking|dashboard)$/, person.text);
      await world.sweep();
      await untilUnlocked(invitation);

      const events = (await eventsOf(id)).filter((event) => event !== 'number-entered');
      assert.equal(new Set(events).size, events.length, `each once: ${events}`);
      assert.equal(world.inbox.mails.filter(({ to }) => to === email).length, 2);
      assert.equal(world.inbox.texts.filter(({ to }) => to.endsWith(number.slice(-6))).length, 1);
    });

    it('keeps a page waiting, and then carries it out, when it is away for less than the patience', async () => {
      const invitation = await invited(world);
      const { person, id } = invitation;
      await person.open(invitation.link);
      await network.mongodb.cut();
      const met = network.mongodb.met();
      const pressing = person.press('Create account', ACCOUNT);
      await met;
      network.mongodb.restore();
      await pressing;
      assert.equal(person.path, '/check-email', `${person.status} ${person.text}`);
      assert.equal((await found(id)).stage, 'verifying');
    });

    it('leads through the whole way when it is slow', async () => {
      network.mongodb.slowDown(15);
      const invitation = await invited(world);
      const number = newNumber();
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await enterNumber(invitation, number);
      await enterCode(world, invitation, number);
      await untilUnlocked(invitation);
      assert.equal(world.inbox.mails.filter(({ to }) => to === invitation.email).length, 2);
      assert.equal(world.inbox.texts.filter(({ to }) => to.endsWith(number.slice(-6))).length, 1);
    });

    it('costs the workflow little history when it is away, and nothing is lost', async () => {
      const invitation = await invited(world);
      const handle = world.client.workflow.getHandle(`onboarding-${invitation.id}-1`);
      await network.mongodb.cut();
      await handle.signal('look');
      await eventually('the worker has met the outage', async () => {
        const { raw } = await handle.describe();
        return (raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 0) > 1);
      });
      network.mongodb.restore();
      const number = newNumber();
      await eventually('the database answers', () =>
        world.store.ping().then(
          () => true,
          () => false,
        ),
      );
      await createAccount(invitation);
      await verifyEmail(world, invitation);
      await enterNumber(invitation, number);
      await enterCode(world, invitation, number);
      await untilUnlocked(invitation);
      assert.equal(await handle.result(), 'active');
      const { historyLength } = await handle.describe();
      assert.ok(historyLength <= 75, `${historyLength} events`);
    });
  });

  describe('to Temporal', () => {
    it('keeps nobody waiting: a black hole costs a second, the fact is taken, the sweeper tells later', async () => {
      const email = newEmail();
      network.temporal.hold();
      const began = performance.now();
      const { status, body } = await invite(world, { email });
      const took = performance.now() - began;
      assert.equal(status, 201);
      assert.ok(took < 2_500, `${took} ms`);
      const id = body['id'] ?? '';
      assert.ok((await found(id)).untoldSince);
      const ready = await fetch(`${world.url}/readyz`);
      assert.equal(ready.status, 503);
      assert.deepEqual(await ready.json(), { database: true, temporal: false, clock: true });

      await world.sweep();
      await linkFromMail(world, email, 'invite');
      assert.equal((await found(id)).untoldSince, undefined);
    });

    it('leads through the whole way while the doors cannot reach it, with the sweeper alone', async () => {
      const invitation = await invited(world);
      network.temporal.cut();
      const number = newNumber();
      await createAccount(invitation);
      await world.sweep();
      await verifyEmail(world, invitation);
      await enterNumber(invitation, number);
      await world.sweep();
      await enterCode(world, invitation, number);
      assert.equal(invitation.person.path, '/unlocking');
      await world.sweep();
      await untilUnlocked(invitation);
      const events = await eventsOf(invitation.id);
      assert.equal(new Set(events).size, events.length, `each once: ${events}`);
      assert.equal(world.inbox.mails.filter(({ to }) => to === invitation.email).length, 2);
    });

    it('is used again as soon as it is back', async () => {
      network.temporal.cut();
      assert.equal((await invite(world, { email: newEmail() })).status, 201);
      network.temporal.restore();
      await eventually('the doors are ready', async () => {
        const ready = await fetch(`${world.url}/readyz`);
        await ready.body?.cancel();
        return ready.ok;
      });
      const email = newEmail();
      const { body } = await invite(world, { email });
      await linkFromMail(world, email, 'invite');
      assert.equal((await found(body['id'] ?? '')).untoldSince, undefined);
    });
  });

  describe('that is well again', () => {
    it('leaves nothing undone', () => assertNothingLeft(world));
  });
});
