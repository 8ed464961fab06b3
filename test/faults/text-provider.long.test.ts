import assert from 'node:assert/strict';
import type { ReceivedText } from '../../dev/inbox/messages.js';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  newNumber,
  PASSWORD,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { createNetwork } from '../support/network.js';
import { Person } from '../support/person.js';
import { HOUR, MINUTE, passUntil, passUntilStored } from '../support/skipping.js';
import { startWorld, type World } from '../support/world.js';

const DAY = 24 * HOUR;

describe('a provider of texts in trouble, on a server that skips time', function () {
  this.timeout(60_000);
  let world: World;
  let reportsGetLost = false;
  const network = createNetwork();
  before(async () => {
    world = await startWorld({
      skipsTime: true,
      via: network.via,
      providerTimeouts: { text: 600 },
      policy: { sessionIdle: 365 * DAY, sessionAbsolute: 365 * DAY, resendCooldown: 0 },
      dependencies: (real) => ({
        ...real,
        texter: {
          send: (message) =>
            real.texter.send({
              ...message,
              ...(reportsGetLost && { statusUrl: `${real.brand.publicUrl}/nowhere` }),
            }),
        },
      }),
    });
  });
  afterEach(() => {
    reportsGetLost = false;
    world.inbox.switches.set({ texts: { mode: 'ok' } });
    network.texts.restore();
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
  const textsTo = (number: string): ReceivedText[] =>
    world.inbox.texts.filter(({ to }) => to === `44${number.replaceAll(' ', '').slice(1)}`);
  const untilTexted = (number: string, count = 1) =>
    passUntil(world, 'the text came', () => textsTo(number).length >= count);
  const stuck = ({ needsSupport }: { needsSupport?: unknown }) => needsSupport !== undefined;
  const unstuck = ({ needsSupport }: { needsSupport?: unknown }) => needsSupport === undefined;
  const messageOf = async (id: string, nth = 1) => {
    const { challenge } = await found(id);
    return world.store.messages.find(`${challenge?.id}.code.${nth}`);
  };
  /** The provider's last report, or the answer to the request, has been written down. */
  const settled = (id: string, state: string, nth = 1) =>
    eventually(`the text is ${state}`, async () => (await messageOf(id, nth))?.state === state);

  async function atPhone(): Promise<Invited> {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    return invitation;
  }

  async function finish(invitation: Invited, number: string, since = 0): Promise<void> {
    await enterCode(world, invitation, number, since);
    await untilUnlocked(invitation);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
  }

  const troubles = [
    { mode: '429', remaining: 2, most: 1 },
    { mode: '500', remaining: 2, most: 1 },
    { mode: '503', remaining: 2, most: 1 },
    { mode: 'reset', remaining: 2, most: 1 },
    { mode: 'html-200', remaining: 2, most: 1 },
    { mode: 'empty-uuid', remaining: 2, most: 1 },
    { mode: 'slow', delayMs: 200, remaining: 1, most: 1 },
    // Nobody can know whether the first one is on its way; the second has the same code.
    { mode: 'slow', delayMs: 1_500, remaining: 1, most: 2 },
    // Nobody answered the request, but the delivery reports tell that it arrived.
    { mode: 'accept-then-timeout', remaining: 1, most: 1 },
  ] as const;
  for (const { most, ...trouble } of troubles) {
    const { mode } = trouble;
    const name = mode === 'slow' ? `slow by ${trouble.delayMs} ms` : mode;
    it(`brings one code to the phone: ${name}`, async () => {
      const invitation = await atPhone();
      const number = newNumber();
      world.inbox.switches.set({ texts: trouble });
      await enterNumber(invitation, number);
      await untilTexted(number);
      await settled(invitation.id, 'delivered');
      await world.pass(2 * MINUTE);
      await finish(invitation, number);
      const texts = textsTo(number);
      assert.ok(texts.length <= most, `${texts.length} texts`);
      assert.equal(new Set(texts.map(({ text }) => text)).size, 1);
      const { outbox } = await found(invitation.id);
      assert.equal(outbox.filter(({ type }) => type === 'needs-support').length, 0);
    });
  }

  it('texts the same code exactly once more when neither an answer nor a report came', async () => {
    const invitation = await atPhone();
    const number = newNumber();
    reportsGetLost = true;
    world.inbox.switches.set({ texts: { mode: 'accept-then-timeout', remaining: 1 } });
    await enterNumber(invitation, number);
    await untilTexted(number, 2);
    await settled(invitation.id, 'accepted');
    await world.pass(5 * MINUTE);
    await finish(invitation, number);
    const texts = textsTo(number).map(({ text }) => text);
    assert.equal(texts.length, 2);
    assert.equal(texts[0], texts[1]);
  });

  it('tells support when it refuses a number for good, once asked; another number goes on', async () => {
    const invitation = await atPhone();
    const refusedNumber = newNumber();
    world.inbox.switches.set({ texts: { mode: '400', remaining: 1 } });
    await enterNumber(invitation, refusedNumber);
    await passUntilStored(world, invitation.id, stuck);
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');
    await settled(invitation.id, 'failed');
    await world.pass(2 * MINUTE);
    const message = await messageOf(invitation.id);
    assert.deepEqual([message?.state, message?.failure, message?.attempts], ['failed', '400', 1]);
    await invitation.person.open('/two-step');
    assert.match(invitation.person.text, /could not be delivered/);

    const number = newNumber();
    await invitation.person.open('/phone');
    await enterNumber(invitation, number);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
    await finish(invitation, number);
    assert.equal(textsTo(refusedNumber).length, 0);
    assert.equal(textsTo(number).length, 1);
  });

  it('tells support after five minutes without a provider, until one takes the text', async () => {
    const invitation = await atPhone();
    const number = newNumber();
    network.texts.cut();
    await enterNumber(invitation, number);
    await world.pass(4 * MINUTE);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
    await passUntilStored(world, invitation.id, stuck, { step: 30_000 });
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');

    network.texts.restore();
    await untilTexted(number);
    await passUntilStored(world, invitation.id, unstuck);
    await finish(invitation, number);
    assert.equal(textsTo(number).length, 1);
  });

  it('texts no code that has run out meanwhile; asking again brings a new one', async () => {
    const invitation = await atPhone();
    const number = newNumber();
    network.texts.cut();
    await enterNumber(invitation, number);
    await world.pass(HOUR);
    network.texts.restore();
    await world.pass(5 * MINUTE);
    assert.equal(textsTo(number).length, 0);
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');

    await invitation.person.open('/two-step');
    await invitation.person.press('Send again');
    await untilTexted(number);
    await finish(invitation, number);
    assert.equal(textsTo(number).length, 1);
  });

  it('gets one text, not two, of a person who asked again while it was away', async () => {
    const invitation = await atPhone();
    const number = newNumber();
    network.texts.cut();
    await enterNumber(invitation, number);
    await world.pass(MINUTE);
    await invitation.person.open('/two-step');
    await invitation.person.press('Send again');
    await world.pass(MINUTE);
    network.texts.restore();
    await untilTexted(number);
    await world.pass(2 * MINUTE);
    await finish(invitation, number);
    assert.equal(textsTo(number).length, 1);
  });

  it('reports a text as undelivered: support is told and the page says so; the same code is sent again', async () => {
    const invitation = await atPhone();
    const number = newNumber();
    world.inbox.switches.set({ texts: { mode: 'undelivered', remaining: 1 } });
    await enterNumber(invitation, number);
    await passUntilStored(world, invitation.id, stuck);
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');
    await invitation.person.open('/two-step');
    assert.match(invitation.person.text, /could not be delivered/);

    await invitation.person.press('Send again');
    await untilTexted(number, 2);
    await settled(invitation.id, 'delivered', 2);
    await invitation.person.open('/two-step');
    assert.match(invitation.person.text, /We have sent a text message/);
    await finish(invitation, number);
    assert.equal(new Set(textsTo(number).map(({ text }) => text)).size, 1);
  });

  it('brings the code of a later sign-in, too, once it answers again', async () => {
    const invitation = await atPhone();
    const number = newNumber();
    await enterNumber(invitation, number);
    await finish(invitation, number);

    world.inbox.switches.set({ texts: { mode: '503', remaining: 3 } });
    const person = new Person(world.url);
    await person.open('/sign-in');
    await person.press('Sign in', { email: invitation.email, password: PASSWORD });
    assert.equal(person.path, '/two-step');
    await untilTexted(number, 2);
    const code = /^\d{6}/.exec(textsTo(number).at(-1)?.text ?? '')?.[0] ?? '';
    await person.press('Next', { code });
    assert.equal(person.path, '/dashboard', person.text);
    assert.equal(textsTo(number).length, 2);
  });

  it('leaves nothing undone', async () => {
    await world.pass(15 * MINUTE);
    await assertNothingLeft(world);
  });
});
