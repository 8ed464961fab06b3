import assert from 'node:assert/strict';
import { type Placed, personAt } from '../security/people.js';
import { startWorld, type World } from '../support/world.js';

describe('waiting for a message that nobody takes', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const isLate = () => world.advance(world.policy.lateAfter + 1);
  const factsOf = (id: string) => world.store.onboardings.find(id);

  /** A mail or text that was tried `sends` times, as far as it came. */
  async function record(about: string, kind: 'verification' | 'code', state: 'accepted' | 'failed', nth = 1) {
    const _id = `${about}.${kind}.${nth}`;
    const channel = kind === 'code' ? ('text' as const) : ('mail' as const);
    await world.store.messages.begin({ _id, onboardingId: 'one', channel, kind, about }, world.now());
    await world.store.messages.advance(_id, state);
  }

  describe('at Check your email', () => {
    /** Just created an account. */
    async function atCheckEmail(): Promise<Placed & { linkId: string }> {
      const placed = await personAt(world, 'verifying', { level: 'password' });
      await world.store.onboardings.model.updateOne({ _id: placed.id }, { $unset: { verifyBy: 1 } });
      return { ...placed, linkId: (await factsOf(placed.id))?.linkId ?? '' };
    }

    it('says after a while that it was not sent so far, what to do, and no deadline', async () => {
      const { person } = await atCheckEmail();
      await person.open('/check-email');
      assert.match(person.text, /We are sending an email/);
      isLate();
      await person.open('/check-email');
      assert.match(person.text, /not been able to send an email to .* so far\. We keep trying/);
      assert.match(person.text, /time to verify your email begins only once it is sent/);
      assert.doesNotMatch(person.text, /usually takes|spam|blocked/);
      assert.equal(person.page('main time').length, 0);
      assert.equal(person.page('form[action="/check-email/send-again"]').length, 1);
      assert.equal(person.page('a[href="/change-address"]').length, 1);
      assert.equal(person.page('main a[href^="mailto:"]').length, 1);
    });

    it('goes on saying so when it is asked for again', async () => {
      const { person } = await atCheckEmail();
      isLate();
      await person.open('/check-email');
      await person.press('Send the email again');
      assert.equal(person.status, 200);
      assert.match(person.text, /not been able to send/);
    });

    it('says that it was sent as soon as it was', async () => {
      const { person, linkId } = await atCheckEmail();
      isLate();
      await record(linkId, 'verification', 'accepted');
      await person.open('/check-email');
      assert.match(person.text, /We have sent an email/);
    });

    it('keeps naming the deadline that runs since an earlier mail', async () => {
      const { person, id } = await personAt(world, 'verifying', { level: 'password' });
      const { linkId = '' } = (await factsOf(id)) ?? {};
      await record(linkId, 'verification', 'accepted');
      isLate();
      await person.open('/check-email');
      await person.press('Send the email again');
      assert.match(person.text, /We are sending/);
      isLate();
      await person.open('/check-email');
      assert.match(person.text, /not been able to send.*by .*, or your account may be blocked/s);
      await record(linkId, 'verification', 'failed', 2);
      await person.open('/check-email');
      assert.match(person.text, /could not deliver.*by .*, or your account may be blocked/s);
    });
  });

  describe('at 2 Step Verification', () => {
    const atTwoStep = () => personAt(world, 'confirming', { level: 'password' });
    const challengeOf = async ({ id }: Placed) => (await factsOf(id))?.challenge?.id ?? '';

    it('says after a while that it was not sent so far, until when it is tried, and what to do', async () => {
      const { person } = await atTwoStep();
      await person.open('/two-step');
      assert.match(person.text, /We are sending a text message/);
      isLate();
      await person.open('/two-step');
      assert.match(person.text, /not been able to send a text message .* so far\. We keep trying until/);
      assert.doesNotMatch(person.text, /The code works/);
      assert.equal(person.page('details[open] form[action="/two-step/send-again"]').length, 1);
      assert.equal(person.page('details[open] a[href="/phone"]').length, 1);
      assert.equal(person.page('input[name=code]').length, 1, 'it may be on its way all the same');
    });

    it('says when the code has expired before it was sent, and leads to another one', async () => {
      const { person } = await atTwoStep();
      world.advance(world.policy.codeLifetime + 1);
      await person.open('/two-step');
      assert.match(person.text, /could not send a text message .* in time\. Have a new one sent/);
      assert.doesNotMatch(person.text, /works until|keep trying|We are sending/);
      assert.equal(person.page('input[name=code]').length, 0);
      await person.press('Send again');
      assert.match(person.text, /We are sending a text message/);
      assert.equal(person.page('input[name=code]').length, 1);
    });

    it('says when a code that was sent has expired', async () => {
      const placed = await atTwoStep();
      const { person } = placed;
      await record(await challengeOf(placed), 'code', 'accepted');
      await person.open('/two-step');
      assert.match(person.text, /We have sent a text message.*works until/s);
      world.advance(world.policy.codeLifetime + 1);
      await person.post('/two-step', { code: '000000' });
      assert.deepEqual(person.errors, ['That code has expired. Have a new one sent']);
      assert.match(person.text, /The code that we sent .* has expired/);
      assert.doesNotMatch(person.text, /works until/);
    });

    it('says when it could not be delivered, and offers to send it again or to change the number', async () => {
      const placed = await atTwoStep();
      const { person } = placed;
      await record(await challengeOf(placed), 'code', 'failed');
      await person.open('/two-step');
      assert.match(person.text, /could not be delivered/);
      assert.equal(person.page('details[open] form[action="/two-step/send-again"]').length, 1);
      assert.equal(person.page('details[open] a[href="/phone"]').length, 1);
    });
  });
});
