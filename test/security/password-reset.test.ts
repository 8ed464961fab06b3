import assert from 'node:assert/strict';
import type { EventType, Onboarding } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { newSessionToken } from '../../store/sessions.js';
import { correctOwnEmail, resetPassword } from '../../store/steps.js';
import { NEW_PASSWORD, newEmail, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';
import { anotherBrowser, factsOf, formTokenOf, type Placed, personAt } from './people.js';
import { askForReset, volley } from './requests.js';

const MINUTE = 60_000;

/** SECURITY.md rows 2, 4, 7, 8, 12, 16 and 19, for a lost password. */
describe('a lost password', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
    world.advance(0);
    Object.assign(world.gateway, { act: async () => undefined });
  });
  after(() => world?.stop());

  const eventsOf = async (id: string, type: EventType) =>
    (await factsOf(world, id)).outbox.filter((event) => event.type === type).length;
  const resetBy = async ({ links }: Pick<Placed, 'links'>, password = NEW_PASSWORD) => {
    const person = await new Person(world.url).open(links['password-reset']);
    return person.press('Change password', { password });
  };
  const signIn = async ({ email }: Pick<Placed, 'email'>, password: string) => {
    const person = await new Person(world.url).open('/sign-in');
    return person.press('Sign in', { email, password });
  };
  const isOpen = async ({ links }: Pick<Placed, 'links'>) =>
    (await new Person(world.url).open(links['password-reset'])).status === 200;

  describe('the link', () => {
    it('sets a password once, opens no session, and is told to the stored address', async () => {
      const placed = await personAt(world, 'active');
      const person = await resetBy(placed);
      assert.equal(person.path, '/sign-in');
      assert.match(person.text, /Your password has been changed/);
      assert.equal((await person.open('/dashboard')).path, '/sign-in');
      const { notices, email } = await factsOf(world, placed.id);
      assert.deepEqual(
        notices.map(({ kind, to }) => [kind, to]),
        [['password-changed', email]],
      );

      const again = await new Person(world.url).open(placed.links['password-reset']);
      assert.deepEqual([again.status, again.heading], [410, 'This link has already been used']);
      assert.match((await signIn(placed, PASSWORD)).errors.join(), /not right/);
      assert.equal((await signIn(placed, NEW_PASSWORD)).path, '/two-step', 'and the second factor follows');
      assert.equal(await eventsOf(placed.id, 'password-reset'), 1);
    });

    it('sets it once also when many forms arrive at once', async () => {
      const { id, links } = await personAt(world, 'active');
      const person = await new Person(world.url).open(links['password-reset']);
      const linkId = person.page('input[name=linkId]').attr('value') ?? '';
      const answers = await volley(person, '/reset-password', {
        times: 16,
        fields: (nth) => ({ password: `${NEW_PASSWORD} ${nth}`, linkId }),
      });
      assert.equal(answers.filter(({ status }) => status === 303).length, 1);
      assert.equal(answers.filter(({ status }) => status === 410).length, 15);
      assert.equal(await eventsOf(id, 'password-reset'), 1);
      assert.equal((await factsOf(world, id)).account?.generation, 1);
    });

    it('ends after half an hour', async () => {
      const [inTime, late] = [await personAt(world, 'active'), await personAt(world, 'active')];
      const person = await new Person(world.url).open(late.links['password-reset']);
      world.advance(30 * MINUTE);
      assert.equal((await resetBy(inTime)).path, '/sign-in');
      world.advance(1);
      await person.press('Change password', { password: NEW_PASSWORD });
      assert.deepEqual([person.status, person.heading], [410, 'This link has expired']);
      assert.equal(await eventsOf(late.id, 'password-reset'), 0);
    });

    it('is void once its person was suspended, also when reinstated, or erased', async () => {
      const suspended = await personAt(world, 'active');
      await actAs(world, suspended.id, 'suspend');
      assert.ok(!(await isOpen(suspended)));
      await actAs(world, suspended.id, 'reinstate');
      assert.ok(!(await isOpen(suspended)));
      const erased = await personAt(world, 'active');
      await actAs(world, erased.id, 'erase');
      assert.ok(!(await isOpen(erased)));
      const { resetLinkId, addressCorrected } = await factsOf(world, erased.id);
      assert.deepEqual([resetLinkId, addressCorrected], [undefined, undefined]);
    });

    it('is void once the number was removed, the address corrected, or the password changed', async () => {
      const withoutNumber = await personAt(world, 'active');
      await actAs(world, withoutNumber.id, 'correct-number');
      assert.ok(!(await isOpen(withoutNumber)));

      const corrected = await personAt(world, 'enrolling');
      const correction = { email: newEmail(), newLinkId: newSecretId(), at: world.now() };
      await world.store.onboardings.take(corrected.id, correctOwnEmail(correction, world.policy));
      assert.ok(!(await isOpen(corrected)));
      assert.equal((await factsOf(world, corrected.id)).addressCorrected, true);

      const changed = await personAt(world, 'active');
      await changed.person.open('/account/password');
      await changed.person.press('Change password', { password: PASSWORD, newPassword: NEW_PASSWORD });
      assert.ok(!(await isOpen(changed)));
    });

    it('of one person is not used up by another who is signed in, nor by the form of another link', async () => {
      const [one, other] = [await personAt(world, 'active'), await personAt(world, 'active')];
      await other.person.open(one.links['password-reset']);
      assert.equal(other.person.heading, 'You are signed in as someone else');
      const token = await formTokenOf(world, other.person);
      await other.person.post('/reset-password', { password: NEW_PASSWORD, linkId: '', _csrf: token });
      assert.equal(other.person.status, 410);

      const person = await new Person(world.url).open(one.links['password-reset']);
      const linkId = person.page('input[name=linkId]').attr('value') ?? '';
      await person.open(other.links['password-reset']);
      await person.post('/reset-password', { password: NEW_PASSWORD, linkId });
      assert.equal(person.status, 409);
      for (const { id } of [one, other]) assert.equal(await eventsOf(id, 'password-reset'), 0);
    });

    it('takes no password that an account could not begin with, and shows none again', async () => {
      const placed = await personAt(world, 'active');
      const person = await new Person(world.url).open(placed.links['password-reset']);
      for (const [password, why] of [
        ['', /Enter a password/],
        ['qz7!Kp2#Wv9', /at least 12/],
        ['1qaz2wsx3edc', /harder to guess/],
        ['HumaHumaHuma!', /without your name/],
      ] as const) {
        await person.press('Change password', { password });
        assert.equal(person.status, 422);
        assert.match(person.errors.join(), why);
        assert.ok(password === '' || !person.page.html().includes(password));
      }
      assert.equal(await eventsOf(placed.id, 'password-reset'), 0);
    });

    it('unlocks, verifies and counts nothing anew', async () => {
      const facts = { codeFailures: 10, lockedUntil: new Date(world.now().getTime() + MINUTE) };
      for (const stage of ['enrolling', 'confirming', 'active'] as const) {
        const placed = await personAt(world, stage, { facts });
        const before = await factsOf(world, placed.id);
        assert.equal((await resetBy(placed)).path, '/sign-in');
        const after = await factsOf(world, placed.id);
        const moved = ['account', 'links', 'resetLinkId', 'notices', 'outbox', 'seq', 'untoldSince'];
        const rest = (o: Onboarding) =>
          Object.fromEntries(Object.entries(o).filter(([name]) => !moved.includes(name)));
        assert.deepEqual(rest(after), rest(before), stage);
        assert.deepEqual(
          after.links.filter(({ purpose }) => purpose !== 'password-reset'),
          before.links.slice(1),
        );
      }
    });
  });

  describe('a new password', () => {
    /** The deciding write alone, as a crash right after it would leave things. */
    const resetAndCrash = async ({ id, links }: Placed) => {
      const token = links['password-reset'].split('/').at(-1) ?? '';
      const linkId = world.keyring.openLinkToken(token, 'password-reset') ?? '';
      const judge = resetPassword({ linkId, passwordHash: 'a hash', at: world.now() });
      assert.ok((await world.store.onboardings.take(id, judge)).done);
    };

    it('ends every session', async () => {
      const placed = await personAt(world, 'active');
      const half = await anotherBrowser(world, placed.id, 'password');
      await half.open('/two-step');
      await resetBy(placed);
      for (const person of [placed.person, half]) {
        assert.equal((await person.open('/dashboard')).path, '/sign-in');
      }
      assert.equal(await world.store.sessions.countOf(placed.id), 0);
    });

    it('ends them by the write that sets it, whatever comes after', async () => {
      const placed = await personAt(world, 'active');
      const half = await anotherBrowser(world, placed.id, 'password');
      await half.open('/two-step');
      await resetAndCrash(placed);
      assert.equal((await placed.person.open('/dashboard')).path, '/sign-in');
      await half.press('Next', { code: placed.code });
      assert.equal(half.path, '/sign-in');

      // A sign-in with the old password that was under way opens its session only now.
      const token = newSessionToken();
      const at = world.now();
      await world.store.sessions.open({ token, onboardingId: placed.id, level: 'full', at });
      const late = new Person(world.url);
      await late.jar.setCookie(`session=${token}; Path=/`, world.url);
      assert.equal((await late.open('/dashboard')).path, '/sign-in');
    });

    it('chosen on the account page asks for the current one, ends the other sessions and keeps this', async () => {
      const placed = await personAt(world, 'active');
      const { person } = placed;
      const elsewhere = await anotherBrowser(world, placed.id, 'full');
      await person.open('/account/password');
      await person.press('Change password', { password: 'not the password', newPassword: NEW_PASSWORD });
      assert.deepEqual(
        [person.status, person.errors],
        [422, ['That is not your password. Please try again']],
      );
      await person.press('Change password', { password: '', newPassword: 'too short' });
      assert.equal(person.errors.length, 2);
      assert.doesNotMatch(person.page.html(), /too short"/);
      assert.equal(await eventsOf(placed.id, 'password-changed'), 0);

      await person.press('Change password', { password: PASSWORD, newPassword: NEW_PASSWORD });
      assert.equal(person.path, '/account');
      assert.match(person.text, /Your password has been changed/);
      assert.equal((await person.open('/dashboard')).path, '/dashboard');
      assert.equal((await elsewhere.open('/dashboard')).path, '/sign-in');
      assert.equal(await world.store.sessions.countOf(placed.id), 1);
      const { notices, email } = await factsOf(world, placed.id);
      assert.deepEqual(
        notices.map(({ kind, to }) => [kind, to]),
        [['password-changed', email]],
      );
      assert.equal((await signIn(placed, NEW_PASSWORD)).path, '/two-step');
    });

    it('of a reset ends also the session that was kept before', async () => {
      const placed = await personAt(world, 'active');
      const elsewhere = await anotherBrowser(world, placed.id, 'full');
      await placed.person.open('/account/password');
      await placed.person.press('Change password', { password: PASSWORD, newPassword: NEW_PASSWORD });
      const { account } = await factsOf(world, placed.id);
      assert.deepEqual([account?.generation, account?.keptSession], [1, placed.session._id]);
      assert.equal((await elsewhere.open('/account/password')).path, '/sign-in');

      world.advance(31_000);
      await askForReset(world.url, placed.email);
      const { resetLinkId = '' } = await factsOf(world, placed.id);
      const judge = resetPassword({ linkId: resetLinkId, passwordHash: 'a hash', at: world.now() });
      assert.ok((await world.store.onboardings.take(placed.id, judge)).done);
      assert.equal((await placed.person.open('/dashboard')).path, '/sign-in');
    });

    it('chosen there by many forms at once is chosen once', async () => {
      const { id, person } = await personAt(world, 'active');
      await person.open('/account/password');
      const fields = (nth: number) => ({ password: PASSWORD, newPassword: `${NEW_PASSWORD} ${nth}` });
      const answers = await volley(person, '/account/password', { times: 8, fields });
      assert.equal(answers.filter(({ status }) => status === 303).length, 1);
      assert.equal(await eventsOf(id, 'password-changed'), 1);
    });

    it('cannot be had by guessing the current one', async () => {
      const { email, person } = await personAt(world, 'active');
      await person.open('/account/password');
      const guess = { password: 'not the password', newPassword: NEW_PASSWORD };
      const statuses = [];
      for (let nth = 0; nth <= 10; nth++) {
        await person.post('/account/password', { ...guess, _csrf: await formTokenOf(world, person) });
        statuses.push(person.status);
      }
      assert.deepEqual(statuses, [...Array<number>(10).fill(422), 429]);
      assert.equal((await signIn({ email }, PASSWORD)).path, '/two-step', 'sign-in has a count of its own');
    });

    it('is changed while strangers use up the tries at sign-in, and a reset gives these back', async () => {
      const placed = await personAt(world, 'active');
      for (let nth = 0; nth < 10; nth++) await signIn(placed, 'not the password');
      assert.equal((await signIn(placed, PASSWORD)).status, 429);
      await placed.person.open('/account/password');
      await placed.person.press('Change password', { password: PASSWORD, newPassword: NEW_PASSWORD });
      assert.equal(placed.person.path, '/account');
      assert.equal((await signIn(placed, NEW_PASSWORD)).status, 429);
      world.advance(31_000);
      await askForReset(world.url, placed.email);
      const { resetLinkId = '' } = await factsOf(world, placed.id);
      const link = `/reset-password/${world.keyring.linkToken(resetLinkId, 'password-reset')}`;
      const person = await new Person(world.url).open(link);
      await person.press('Change password', { password: PASSWORD });
      assert.equal((await signIn(placed, PASSWORD)).path, '/two-step');
    });
  });
});
