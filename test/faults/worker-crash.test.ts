import assert from 'node:assert/strict';
import type { ActivityDependencies } from '../../activities/index.js';
import { assertNothingLeft } from '../support/aftermath.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  invited,
  newNumber,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { passUntil, passUntilStored } from '../support/skipping.js';
import { startWorld, type World } from '../support/world.js';

/** Where a worker dies: after the provider has the message, after the message's record, or after the step's write. */
type Moment = 'provider' | 'record' | 'step';

/** Each kind of message meets its death once; Temporal gives the activity to the next worker, here the same one. */
function dyingOnceAt(
  moment: Moment,
  died: Set<string>,
): (real: ActivityDependencies) => ActivityDependencies {
  function dieOnce(what: string): void {
    if (died.has(what)) return;
    died.add(what);
    throw new Error('The worker is gone');
  }
  return (real) => {
    const { store } = real;
    const unrecorded = { ...store.messages };
    // Nothing can be written any more, the failure included.
    if (moment === 'provider') {
      unrecorded.advance = async (...args) => {
        dieOnce(kindOf(args[0]));
        return store.messages.advance(...args);
      };
      unrecorded.noteFailure = async () => {
        throw new Error('The worker is gone');
      };
    }
    if (moment === 'record') {
      unrecorded.advance = async (...args) => {
        const advanced = await store.messages.advance(...args);
        dieOnce(kindOf(args[0]));
        return advanced;
      };
    }
    const take: typeof store.onboardings.take = async (id, judge) => {
      const outcome = await store.onboardings.take(id, judge);
      if (moment === 'step' && outcome.done && !outcome.repeated) dieOnce(`${id} ${outcome.onboarding.seq}`);
      return outcome;
    };
    return {
      ...real,
      // The provider's own reports would tell of the text before the next attempt.
      texter: {
        send: (message) => real.texter.send({ ...message, statusUrl: `${real.brand.publicUrl}/nowhere` }),
      },
      store: { ...store, messages: unrecorded, onboardings: { ...store.onboardings, take } },
    };
  };
}

/** `<id>.<kind>.<nth>` */
const kindOf = (messageId: string): string => messageId.split('.')[1] ?? '';

describe('a worker that dies', function () {
  this.timeout(60_000);
  let world: World | undefined;
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  const cases = [
    { moment: 'provider', copies: 2, deaths: 3, name: 'when the provider has the message' },
    { moment: 'record', copies: 1, deaths: 3, name: 'when the acceptance is recorded' },
    // Both acceptances and the activation.
    { moment: 'step', copies: 1, deaths: 3, name: 'when the step is written' },
  ] as const;
  for (const { moment, copies, deaths, name } of cases) {
    it(`${name}, each time, leads to the dashboard with each message ${copies === 1 ? 'once' : 'once more'}`, async () => {
      const died = new Set<string>();
      const here = await startWorld({ skipsTime: true, dependencies: dyingOnceAt(moment, died) });
      world = here;
      const { inbox } = here;
      const until = (what: string, isSo: () => boolean) => passUntil(here, what, isSo);
      const invitation = await invited(here);
      const number = newNumber();
      await until('the invitation is out', () => inbox.mails.length === copies);
      await createAccount(invitation);
      await until('the verification is out', () => inbox.mails.length === 2 * copies);
      await passUntilStored(here, invitation.id, ({ verifyBy }) => verifyBy !== undefined);
      await verifyEmail(here, invitation);
      await enterNumber(invitation, number);
      await until('the text is out', () => inbox.texts.length === copies);
      await here.pass(10_000);
      await enterCode(here, invitation, number);
      await untilUnlocked(invitation);
      assert.equal(died.size, deaths, `died ${[...died]}`);

      const mails = inbox.mails.filter(({ to }) => to === invitation.email);
      assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, 2);
      assert.equal(mails.length, 2 * copies);
      assert.equal(new Set(mails.map(({ text }) => text.match(/https?:\S+/)?.[0])).size, 2);
      assert.equal(inbox.texts.length, copies);
      assert.equal(new Set(inbox.texts.map(({ text }) => text)).size, 1);

      await here.sweep();
      const events = (await here.store.audit.of(invitation.id)).map(({ type }) => type);
      assert.equal(new Set(events).size, events.length, `each once: ${events}`);
      await assertNothingLeft(here);
    });
  }
});
