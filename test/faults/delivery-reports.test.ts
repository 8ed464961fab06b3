import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { signCallback } from '../../dev/inbox/plivo-sign.js';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  newNumber,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { AUTH_TOKEN, startWorld, type World } from '../support/world.js';

type Status = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';

describe('delivery reports', function () {
  this.timeout(60_000);
  let world: World;
  /** Their text could not be brought, and that is where the test leaves them. */
  const stuck: string[] = [];
  let beforeAnswer: (statusUrl: string) => Promise<void> = async () => {};
  before(async () => {
    world = await startWorld({
      policy: { resendCooldown: 0 },
      // The stand-in's own reports go nowhere: these tests make theirs.
      dependencies: (real) => ({
        ...real,
        texter: {
          send: async (message) => {
            await beforeAnswer(message.statusUrl);
            return real.texter.send({ ...message, statusUrl: `${real.brand.publicUrl}/nowhere` });
          },
        },
      }),
    });
  });
  afterEach(() => {
    beforeAnswer = async () => {};
  });
  after(() => world?.stop());

  async function report(
    url: string,
    status: Status,
    { authToken = AUTH_TOKEN, uuid = randomUUID() }: { authToken?: string; uuid?: string } = {},
  ): Promise<number> {
    const failed = status === 'undelivered' || status === 'failed';
    const params = {
      MessageUUID: uuid,
      Status: status,
      To: '447400123***',
      From: 'Huma',
      ...(failed && { ErrorCode: '30' }),
    };
    const signed = signCallback({ method: 'POST', url, params, authToken });
    const response = await fetch(signed.url, {
      method: 'POST',
      headers: signed.headers,
      body: new URLSearchParams(params),
    });
    await response.body?.cancel();
    return response.status;
  }

  const urlOf = (messageId: string) => `${world.url}/callbacks/plivo/message-status/${messageId}`;

  async function found(id: string) {
    const onboarding = await world.store.onboardings.find(id);
    assert.ok(onboarding);
    return onboarding;
  }

  /** The code is on its way and no report has come. */
  async function texted(): Promise<{ invitation: Invited; number: string; messageId: string }> {
    const invitation = await invited(world);
    const number = newNumber();
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    await enterNumber(invitation, number);
    await codeFromText(world, number);
    const messageId = `${(await found(invitation.id)).challenge?.id}.code.1`;
    await eventually('the text was accepted', async () => (await stateOf(messageId)) !== 'queued');
    return { invitation, number, messageId };
  }

  const stateOf = async (messageId: string) => (await world.store.messages.find(messageId))?.state;

  async function sendAgain({ invitation, messageId }: { invitation: Invited; messageId: string }) {
    const nextId = messageId.replace(/1$/, '2');
    await invitation.person.open('/two-step');
    await invitation.person.press('Send again');
    await eventually('the next text was accepted', async () => (await stateOf(nextId)) === 'accepted');
    return nextId;
  }

  it('move a message forward only, however often and in whatever order they come', async () => {
    const { invitation, messageId } = await texted();
    const url = urlOf(messageId);
    const seen = [];
    for (const status of ['queued', 'sent', 'sent', 'delivered', 'delivered', 'sent', 'queued'] as const) {
      assert.equal(await report(url, status), 204);
      seen.push(await stateOf(messageId));
    }
    assert.deepEqual(seen, ['accepted', 'sent', 'sent', 'delivered', 'delivered', 'delivered', 'delivered']);
    assert.equal(await report(url, 'undelivered'), 204);
    assert.equal(await stateOf(messageId), 'delivered');
    assert.equal((await found(invitation.id)).needsSupport, undefined);
  });

  it('unlock nothing', async () => {
    const { invitation, messageId } = await texted();
    const before = await found(invitation.id);
    await report(urlOf(messageId), 'delivered');
    assert.deepEqual(await found(invitation.id), before);
    await invitation.person.open('/dashboard');
    assert.equal(invitation.person.path, '/two-step');
  });

  for (const status of ['undelivered', 'failed'] as const) {
    it(`call for support once when a text is ${status}, and the page says so`, async () => {
      const { invitation, messageId } = await texted();
      stuck.push(invitation.id);
      const url = urlOf(messageId);
      assert.deepEqual([await report(url, status), await report(url, status)], [204, 204]);
      const { needsSupport, outbox } = await found(invitation.id);
      assert.equal(needsSupport?.problem, 'text-undeliverable');
      assert.equal(outbox.filter(({ type }) => type === 'needs-support').length, 1);
      assert.equal((await world.store.messages.find(messageId))?.failure, '30');
      await invitation.person.open('/two-step');
      assert.match(invitation.person.text, /could not be delivered/);
    });
  }

  it('of a failure still call for support when the first try to write it down stopped halfway', async () => {
    const { invitation, messageId } = await texted();
    stuck.push(invitation.id);
    await world.store.messages.advance(messageId, 'failed');
    assert.equal(await report(urlOf(messageId), 'undelivered'), 204);
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');
  });

  it('of a text that was sent again meanwhile call for no support, and hide nothing of the next', async () => {
    const first = await texted();
    const { invitation, number } = first;
    const nextId = await sendAgain(first);
    assert.equal(await report(urlOf(first.messageId), 'undelivered'), 204);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
    await invitation.person.open('/two-step');
    assert.match(invitation.person.text, /We have sent a text message/);

    assert.equal(await report(urlOf(nextId), 'undelivered'), 204);
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    assert.equal((await found(invitation.id)).needsSupport, undefined);
  });

  it('count that come before the answer to the request they are about', async () => {
    beforeAnswer = async (statusUrl) => {
      assert.equal(await report(statusUrl, 'queued'), 204);
      assert.equal(await report(statusUrl, 'delivered'), 204);
    };
    const { invitation, number, messageId } = await texted();
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    assert.equal(await stateOf(messageId), 'delivered');
    assert.equal(world.inbox.texts.filter(({ to }) => to.endsWith(number.slice(-6))).length, 1);
  });

  it('of a failure that come before the answer still call for support', async () => {
    beforeAnswer = async (statusUrl) => {
      assert.equal(await report(statusUrl, 'failed'), 204);
    };
    const { invitation, messageId } = await texted();
    stuck.push(invitation.id);
    const handle = world.client.workflow.getHandle(`onboarding-${invitation.id}-1`);
    await eventually('the text has been dealt with', async () => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).length === 0;
    });
    assert.equal(await stateOf(messageId), 'failed');
    assert.equal((await found(invitation.id)).needsSupport?.problem, 'text-undeliverable');
  });

  it('are refused when forged or about an unknown message, and change nothing', async () => {
    const { invitation, messageId } = await texted();
    const before = await found(invitation.id);
    const url = urlOf(messageId);
    assert.equal(await report(url, 'undelivered', { authToken: 'another token' }), 403);
    assert.equal(
      (await fetch(url, { method: 'POST', body: new URLSearchParams({ Status: 'failed' }) })).status,
      403,
    );
    assert.equal(await report(urlOf(`${randomUUID()}.code.1`), 'delivered'), 404);
    assert.equal(await stateOf(messageId), 'accepted');
    assert.deepEqual(await found(invitation.id), before);
  });

  it('leave nothing undone but the texts that could not be brought', () =>
    assertNothingLeft(
      world,
      stuck.map((id) => `${id} message-refused`),
    ));
});
