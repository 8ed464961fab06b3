import assert from 'node:assert/strict';
import { newSecretId } from '../../store/secrets.js';
import { activate } from '../../store/steps.js';
import type { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { anotherBrowser, factsOf, type Placed, personAt } from './people.js';
import { cookieSet, volley } from './requests.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SPENT = 'That code can no longer be used. Have a new one sent';
const EXPIRED = 'That code has expired. Have a new one sent';

/** SECURITY.md rows 5 to 7. */
describe('a texted code', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({
      worker: false,
      limits: { 'text-person': { points: 100, duration: 60 }, 'text-number': { points: 100, duration: 60 } },
    });
    world.advance(0);
  });
  after(() => world?.stop());

  const enter = async (person: Person, code: string) => {
    await person.open('/two-step');
    return person.post('/two-step', { code });
  };
  const wrong = (code: string, nth = 1) => String((Number(code) + nth) % 1_000_000).padStart(6, '0');
  const confirming = () => personAt(world, 'confirming', { level: 'password' });
  const currentCode = async (id: string) => {
    const { challenge } = await factsOf(world, id);
    return (challenge && world.keyring.recallCode(challenge)) ?? '';
  };
  const change = (id: string, set: Record<string, unknown>) =>
    world.store.onboardings.model.updateOne({ _id: id }, { $set: set });

  it('works for 9 minutes and 59 seconds', async () => {
    const { person, code, id } = await confirming();
    world.advance(10 * MINUTE - 1_000);
    assert.equal((await enter(person, code)).path, '/unlocking');
    assert.ok((await factsOf(world, id)).challenge?.consumedAt);
  });

  it('does not work after 10 minutes and 1 second', async () => {
    const { person, code, id } = await confirming();
    world.advance(10 * MINUTE + 1_000);
    assert.deepEqual((await enter(person, code)).errors, [EXPIRED]);
    const { challenge } = await factsOf(world, id);
    assert.deepEqual([challenge?.consumedAt, challenge?.triesLeft], [undefined, 5]);
  });

  it('of another person, or of a challenge that was replaced, does not work', async () => {
    const [one, other] = [await confirming(), await confirming()];
    assert.match((await enter(one.person, other.code)).errors.join(), /^That code is not right/);
    await one.person.open('/phone');
    await one.person.press('Continue', { phone: '07400 555123' });
    assert.match((await enter(one.person, one.code)).errors.join(), /^That code is not right/);
    assert.equal((await enter(one.person, await currentCode(one.id))).path, '/unlocking');
  });

  it('does not work in another session of the same person, and costs no try there', async () => {
    const { id, code, person } = await confirming();
    const other = await anotherBrowser(world, id, 'password');
    assert.deepEqual((await enter(other, code)).errors, [EXPIRED]);
    assert.equal((await factsOf(world, id)).challenge?.triesLeft, 5);
    assert.equal((await enter(person, code)).path, '/unlocking');
  });

  it('for enrolment does not sign in', async () => {
    const { id, code, person } = await personAt(world, 'active', { level: 'password' });
    await change(id, { 'challenge.purpose': 'enrolment' });
    assert.deepEqual((await enter(person, code)).errors, [EXPIRED]);
    assert.equal((await person.open('/dashboard')).path, '/two-step');
  });

  it('for another number unlocks nothing, even when it was consumed', async () => {
    const { id, code, person } = await confirming();
    await change(id, { phone: '+447400999000' });
    await enter(person, code);
    const outcome = await world.store.onboardings.take(id, activate({ at: world.now() }));
    assert.equal(outcome.done, false);
    assert.equal((await person.open('/dashboard')).path, '/two-step');
  });

  it('is refused after five wrong ones, with the same words as another wrong one', async () => {
    const { person, code } = await confirming();
    for (let nth = 1; nth <= 5; nth++) await enter(person, wrong(code, nth));
    assert.deepEqual((await enter(person, code)).errors, [SPENT]);
    const right = person.page('main').text();
    assert.deepEqual((await enter(person, wrong(code, 6))).errors, [SPENT]);
    assert.equal(
      person.page('main').text().replaceAll(wrong(code, 6), 'CODE'),
      right.replaceAll(code, 'CODE'),
    );
  });

  it('is compared five times at most, of 64 guesses at once', async () => {
    const { person, code, id } = await confirming();
    await person.open('/two-step');
    const compare = world.keyring.codeMatches;
    let compared = 0;
    world.keyring.codeMatches = (...given) => {
      compared++;
      return compare(...given);
    };
    try {
      const guesses = await volley(person, '/two-step', {
        times: 64,
        fields: (nth) => ({ code: wrong(code, nth + 1) }),
      });
      assert.deepEqual(new Set(guesses.map(({ status }) => status)), new Set([422]));
    } finally {
      world.keyring.codeMatches = compare;
    }
    assert.equal(compared, 5);
    const { challenge, codeFailures } = await factsOf(world, id);
    assert.deepEqual([challenge?.triesLeft, codeFailures], [0, 5]);
  });

  it('locks the account after ten wrong ones in a row, new codes notwithstanding', async () => {
    const { person, id } = await confirming();
    const failures = await guessUntilRefused({ person, id });
    assert.equal(failures, 10);
    assert.match(person.errors.join(), /^Too many wrong codes. Try again in 60 minutes/);

    await sendAgain(person);
    const code = await currentCode(id);
    assert.match((await enter(person, code)).errors.join(), /^Too many wrong codes/);
    const back = await anotherBrowser(world, id, 'password');
    await sendAgain(back);
    assert.match((await enter(back, await currentCode(id))).errors.join(), /^Too many wrong codes/);
  });

  it('works again an hour after the lock', async () => {
    const { person, id } = await confirming();
    await guessUntilRefused({ person, id });
    world.advance(61 * MINUTE);
    const back = await anotherBrowser(world, id, 'password');
    await sendAgain(back);
    assert.equal((await enter(back, await currentCode(id))).path, '/unlocking');
  });

  it('is refused for two hours after the second lock in a row, four after the third, and so on', async () => {
    const { person, id } = await confirming();
    await guessUntilRefused({ person, id });
    let hours = 1;
    const help = ', or write to support@huma.com';
    const longer = ['4 hours', '8 hours', '16 hours', '32 hours', '3 days'].map((long) => long + help);
    for (const until of ['120 minutes', ...longer]) {
      world.advance(hours * HOUR - MINUTE);
      const waiting = await anotherBrowser(world, id, 'password');
      assert.match((await enter(waiting, await currentCode(id))).errors.join(), /^Too many wrong codes/);
      world.advance(2 * MINUTE);
      const back = await anotherBrowser(world, id, 'password');
      await sendAgain(back);
      assert.equal(await guessUntilRefused({ person: back, id }), 10, 'ten more, and no hundred');
      assert.equal(back.errors.join(), `Too many wrong codes. Try again in ${until}`);
      hours *= 2;
    }
    const { outbox } = await factsOf(world, id);
    assert.deepEqual(
      outbox.filter(({ type }) => type === 'codes-locked').map(({ actor, data }) => [actor, data]),
      [1, 2, 3, 4, 5, 6, 7].map((locksInARow) => [{ kind: 'service' }, { locksInARow }]),
    );
  });

  it('that is right begins the row of locks anew', async () => {
    const { person, id } = await confirming();
    await guessUntilRefused({ person, id });
    await change(id, { locksInARow: 6 });
    world.advance(61 * MINUTE);
    const back = await anotherBrowser(world, id, 'password');
    await sendAgain(back);
    await enter(back, await currentCode(id));
    assert.equal((await factsOf(world, id)).locksInARow, undefined);
  });

  it('locks nothing where the tenth is right', async () => {
    const { person, code, id } = await confirming();
    await change(id, { codeFailures: 9 });
    assert.equal((await enter(person, code)).path, '/unlocking');
    const { outbox, lockedUntil } = await factsOf(world, id);
    assert.deepEqual([lockedUntil, outbox.filter(({ type }) => type === 'codes-locked')], [undefined, []]);
  });

  it('works again after a lock whose end a crash kept from being written', async () => {
    const { person, code, id } = await confirming();
    await change(id, { codeFailures: 10 });
    assert.match((await enter(person, code)).errors.join(), /^Too many wrong codes/);
    assert.equal((await factsOf(world, id)).outbox.at(-1)?.type, 'codes-locked');
    world.advance(61 * MINUTE);
    const back = await anotherBrowser(world, id, 'password');
    await sendAgain(back);
    assert.equal((await enter(back, await currentCode(id))).path, '/unlocking');
  });

  it('counts as one success, whoever sends it 64 times at once', async () => {
    const { person, code, id } = await confirming();
    await person.open('/two-step');
    const answers = await volley(person, '/two-step', { times: 64, fields: () => ({ code }) });
    const sessions = new Set(answers.map((answer) => cookieSet(answer, 'session')).filter(Boolean));
    assert.equal(sessions.size, 1);
    assert.ok(answers.every(({ status }) => status === 303 || status === 422));
    const { outbox } = await factsOf(world, id);
    assert.equal(outbox.filter(({ type }) => type === 'code-confirmed').length, 1);
    const full = await world.store.onboardings.model.db
      .collection('sessions')
      .countDocuments({ onboardingId: id, level: 'full' });
    assert.equal(full, 1);
  });

  it('starts the count of failures anew once it was right', async () => {
    const { person, code, id } = await personAt(world, 'active', { level: 'password' });
    for (let nth = 1; nth <= 4; nth++) await enter(person, wrong(code, nth));
    await enter(person, code);
    assert.equal((await factsOf(world, id)).codeFailures, 0);
  });

  it('that comes twice, as a double click sends it, is no failure', async () => {
    const { person, code, id } = await personAt(world, 'active', { level: 'password' });
    await person.open('/two-step');
    const once = () => volley(person, '/two-step', { times: 1, fields: () => ({ code }) });
    const answers = [...(await once()), ...(await once())];
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.location]),
      Array(2).fill([303, '/dashboard']),
    );
    assert.equal((await factsOf(world, id)).codeFailures, 0);
  });

  it('in any other form is refused without costing a try', async () => {
    const { person, id } = await confirming();
    for (const code of [
      '12345',
      '1234567',
      '١٢٣٤٥٦',
      '12345６',
      '1e5000',
      '0x1234',
      '-123456.',
      newSecretId(),
    ]) {
      assert.equal((await enter(person, code)).status, 422, code);
    }
    assert.equal((await factsOf(world, id)).challenge?.triesLeft, 5);
  });

  /** What an attacker with the password would do: guess, have a new code sent, guess on. */
  async function guessUntilRefused({ person, id }: Pick<Placed, 'person' | 'id'>): Promise<number> {
    for (let failures = 0; failures < 30; failures++) {
      await enter(person, wrong(await currentCode(id)));
      if (person.errors.join().startsWith('Too many')) return failures + 1;
      if ((await factsOf(world, id)).challenge?.triesLeft === 0) await sendAgain(person);
    }
    throw new Error('Nobody stopped it');
  }

  async function sendAgain(person: Person): Promise<void> {
    world.advance(31_000);
    await person.open('/two-step');
    await person.press('Send again');
    assert.equal(person.path, '/two-step');
  }
});
