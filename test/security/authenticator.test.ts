import assert from 'node:assert/strict';
import { Secret } from 'otpauth';
import type { EventType } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { removeAuthenticator } from '../../store/steps.js';
import { NEW_PASSWORD, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { type PhoneApp, phoneApp } from '../support/phone-app.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { anotherBrowser, factsOf, formTokenOf, type Placed, personAt } from './people.js';
import { cookieSet, volley } from './requests.js';
import { beginApp, giveApp, givePendingApp, giveRecoveryCodes, keyOn, setUpApp } from './second-factors.js';

const MINUTE = 60_000;
const STEP = 30_000;
const USED = 'That code has been used. Wait until the app shows the next one';
const WRONG = /^That code is not right/;
const LOCKED = /^Too many wrong codes/;

/** SECURITY.md rows 7, 8, 19, 20 and 40. */
describe('an authenticator app', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({
      worker: false,
      limits: { 'text-person': { points: 100, duration: 60 }, 'text-number': { points: 100, duration: 60 } },
    });
    world.advance(0);
    Object.assign(world.gateway, { act: async () => undefined });
  });
  after(() => world?.stop());

  const eventsOf = async (id: string, type: EventType) =>
    (await factsOf(world, id)).outbox.filter((event) => event.type === type).length;
  const signIn = async ({ email }: Pick<Placed, 'email'>, password = PASSWORD) => {
    const person = await new Person(world.url).open('/sign-in');
    return person.press('Sign in', { email, password });
  };
  const enter = async (person: Person, code: string) => {
    await person.open('/two-step/app');
    return person.post('/two-step/app', { code });
  };
  const wrong = (code: string, nth = 1) => String((Number(code) + nth) % 1_000_000).padStart(6, '0');
  const isIn = async (person: Person) => (await person.open('/dashboard')).path === '/dashboard';
  /** Somebody with an app, whose password has been entered. */
  const askedForCode = async () => {
    const placed = await personAt(world, 'active', { level: 'password' });
    return { ...placed, app: await giveApp(world, placed) };
  };

  describe('setting it up', () => {
    it('takes the password, the key on the page and the app’s first code; then no text is sent', async () => {
      const placed = await personAt(world, 'active');
      const { person, id } = placed;
      await beginApp(person);
      assert.equal(person.path, '/account/authenticator/confirm');
      const key = keyOn(person);
      assert.equal(person.page('svg.app-qr[role=img]').length, 1);
      const uri = person.page('a[href^="otpauth:"]').attr('href') ?? '';
      assert.equal(new URL(uri).searchParams.get('secret'), key.replaceAll(' ', ''));
      assert.match(person.headers.get('cache-control') ?? '', /no-store/);

      const app = phoneApp(key);
      await person.press('Finish', { code: wrong(app.code(world.now())) });
      assert.match(person.errors.join(), /not the code for this key/);
      assert.equal(keyOn(person), key, 'the key stays');
      await person.press('Finish', { code: app.code(world.now()) });
      assert.equal(person.path, '/account');
      assert.match(person.text, /Your authenticator app is set up/);
      const { pendingAuthenticator, notices, email } = await factsOf(world, id);
      assert.equal(pendingAuthenticator, undefined);
      assert.deepEqual(
        notices.map(({ kind, to, change }) => [kind, to, change]),
        [['sign-in-notice', email, 'authenticator-added']],
      );

      world.advance(STEP);
      const later = await signIn(placed);
      assert.equal(later.path, '/two-step/app');
      assert.equal(await eventsOf(id, 'sign-in-code-requested'), 0);
      await later.press('Next', { code: app.code(world.now()) });
      assert.equal(later.path, '/dashboard');
      const signedIn = (await factsOf(world, id)).outbox.at(-1);
      assert.deepEqual([signedIn?.type, signedIn?.data], ['signed-in', { factor: 'app' }]);
    });

    it('is refused without the password, or with another one', async () => {
      const { person, id } = await personAt(world, 'active');
      for (const [password, why] of [
        ['', 'Enter a password'],
        ['not the password', 'That is not your password. Please try again'],
      ] as const) {
        await beginApp(person, password);
        assert.deepEqual([person.status, person.errors], [422, [why]]);
      }
      const { seq, pendingAuthenticator } = await factsOf(world, id);
      assert.deepEqual([seq, pendingAuthenticator], [1, undefined]);
      assert.equal((await person.open('/account/authenticator/confirm')).path, '/account/authenticator');
    });

    it('counts wrong passwords, and not with those at sign-in', async () => {
      const { person, email } = await personAt(world, 'active');
      const statuses = [];
      for (let nth = 0; nth <= 10; nth++) {
        const fields = { password: 'not the password', _csrf: await formTokenOf(world, person) };
        await person.post('/account/authenticator', fields);
        statuses.push(person.status);
      }
      assert.deepEqual(statuses, [...Array<number>(10).fill(422), 429]);
      assert.equal((await signIn({ email })).path, '/two-step');
    });

    it('has ten minutes', async () => {
      const { person, id } = await personAt(world, 'active');
      await beginApp(person);
      const app = phoneApp(keyOn(person));
      world.advance(10 * MINUTE + 1);
      await person.press('Finish', { code: app.code(world.now()) });
      assert.equal(person.path, '/account/authenticator');
      assert.match(person.text, /The time for that QR code is over/);
      assert.equal((await factsOf(world, id)).authenticator, undefined);
      assert.equal((await person.open('/account/authenticator/confirm')).path, '/account/authenticator');
    });

    it('belongs to one session: no other sees the key or finishes', async () => {
      const placed = await personAt(world, 'active');
      const app = await givePendingApp(world, placed);
      const elsewhere = await anotherBrowser(world, placed.id, 'full');
      assert.equal((await elsewhere.open('/account/authenticator/confirm')).path, '/account/authenticator');
      await elsewhere.post('/account/authenticator/confirm', { code: app.code(world.now()) });
      assert.equal((await factsOf(world, placed.id)).authenticator, undefined);
      await placed.person.open('/account/authenticator/confirm');
      assert.ok(keyOn(placed.person));
    });

    it('changes nothing by looking, and happens once however many forms arrive', async () => {
      const placed = await personAt(world, 'active');
      const app = await givePendingApp(world, placed);
      const before = await factsOf(world, placed.id);
      for (let times = 0; times < 3; times++) await placed.person.open('/account/authenticator/confirm');
      assert.deepEqual(await factsOf(world, placed.id), before);
      const answers = await volley(placed.person, '/account/authenticator/confirm', {
        times: 16,
        fields: () => ({ code: app.code(world.now()) }),
      });
      assert.ok(answers.every(({ status }) => status === 303));
      assert.equal(await eventsOf(placed.id, 'authenticator-added'), 1);
    });

    it('again replaces the app of before, which goes on until then', async () => {
      const placed = await personAt(world, 'active');
      const old = await setUpApp(world, placed.person);
      await beginApp(placed.person);
      const app = phoneApp(keyOn(placed.person));
      world.advance(STEP);
      assert.ok(await isIn(await enter(await signIn(placed), old.code(world.now()))));
      await placed.person.press('Finish', { code: app.code(world.now()) });
      world.advance(STEP);
      const person = await signIn(placed);
      assert.match((await enter(person, old.code(world.now()))).errors.join(), WRONG);
      assert.ok(await isIn(await enter(person, app.code(world.now()))));
    });
  });

  describe('a code of it', () => {
    it('counts once: in another session it is spent, with those of all steps before', async () => {
      const placed = await askedForCode();
      const { app, person, id } = placed;
      const code = app.code(world.now());
      assert.ok(await isIn(await enter(person, code)));
      const other = await signIn(placed);
      assert.deepEqual((await enter(other, code)).errors, [USED]);
      assert.deepEqual((await enter(other, app.code(world.now(), -1))).errors, [USED]);
      assert.ok(!(await isIn(other)));
      assert.equal((await factsOf(world, id)).codeFailures, 2, 'and it counts as wrong');
      world.advance(STEP);
      assert.ok(await isIn(await enter(other, app.code(world.now()))));
      assert.equal((await factsOf(world, id)).codeFailures, 0);
    });

    it('that set the app up does not sign in', async () => {
      const placed = await personAt(world, 'active');
      const app = await setUpApp(world, placed.person);
      assert.deepEqual((await enter(await signIn(placed), app.code(world.now()))).errors, [USED]);
    });

    it('counts from a step before to a step after, and no further', async () => {
      for (const [steps, counts] of [
        [-2, false],
        [-1, true],
        [1, true],
        [2, false],
      ] as const) {
        const { person, app } = await askedForCode();
        await enter(person, app.code(world.now(), steps));
        assert.equal(await isIn(person), counts, `${steps} steps`);
      }
    });

    it('of another person does not work', async () => {
      const [one, other] = [await askedForCode(), await askedForCode()];
      assert.match((await enter(one.person, other.app.code(world.now()))).errors.join(), WRONG);
    });

    it('of an app that waits for its first code signs nobody in', async () => {
      const placed = await personAt(world, 'active');
      const app = await givePendingApp(world, placed);
      const person = await signIn(placed);
      assert.equal(person.path, '/two-step', 'a text is sent as before');
      assert.equal(await eventsOf(placed.id, 'sign-in-code-requested'), 1);
      await person.post('/two-step/app', { code: app.code(world.now()) });
      assert.equal(person.path, '/two-step');
      assert.ok(!(await isIn(person)));
    });

    it('is one success, whoever sends it 64 times at once, and locks nobody out', async () => {
      const { person, app, id } = await askedForCode();
      await person.open('/two-step/app');
      const code = app.code(world.now());
      const answers = await volley(person, '/two-step/app', { times: 64, fields: () => ({ code }) });
      const sessions = new Set(answers.map((answer) => cookieSet(answer, 'session')).filter(Boolean));
      assert.equal(sessions.size, 1);
      assert.ok(answers.every(({ status }) => status === 303 || status === 422));
      assert.equal(await eventsOf(id, 'signed-in'), 1);
      const { db } = world.store.onboardings.model;
      const full = { onboardingId: id, level: 'full' };
      assert.equal(await db.collection('sessions').countDocuments(full), 1);
      const { codeFailures, lockedUntil } = await factsOf(world, id);
      assert.deepEqual([codeFailures, lockedUntil], [0, undefined]);
    });

    it('sent twice by the same browser is a success twice', async () => {
      const { person, app, session } = await askedForCode();
      const again = new Person(world.url);
      await again.jar.setCookie(`${await person.cookieHeader()}; Path=/`, world.url);
      const code = app.code(world.now());
      assert.ok(await isIn(await enter(person, code)));
      await again.post('/two-step/app', { code, _csrf: await formTokenOf(world, again) });
      assert.equal(again.path, '/dashboard');
      assert.equal(await again.cookieHeader(), await person.cookieHeader());
      assert.notEqual(session.level, 'full');
    });

    it('is guessed at ten times at most, of 64 guesses at once', async () => {
      const { person, app, id } = await askedForCode();
      await person.open('/two-step/app');
      const guesses = await volley(person, '/two-step/app', {
        times: 64,
        fields: (nth) => ({ code: wrong(app.code(world.now()), nth + 1) }),
      });
      assert.deepEqual(new Set(guesses.map(({ status }) => status)), new Set([422]));
      const { codeFailures, lockedUntil, email, notices } = await factsOf(world, id);
      assert.equal(codeFailures, 10);
      assert.ok(lockedUntil);
      assert.equal(await eventsOf(id, 'codes-locked'), 1);
      assert.deepEqual(
        notices.map(({ kind, to, change }) => [kind, to, change]),
        [['sign-in-notice', email, 'codes-locked']],
      );
      assert.match((await enter(person, app.code(world.now()))).errors.join(), LOCKED);
    });

    it('in any other form is refused without costing a try', async () => {
      const { person, id } = await askedForCode();
      for (const code of ['', '12345', '1234567', '١٢٣٤٥٦', '12345６', '1e5000', newSecretId()])
        assert.equal((await enter(person, code)).status, 422, code);
      assert.equal((await factsOf(world, id)).codeFailures, 0);
    });
  });

  describe('ten wrong codes in a row', () => {
    type Locked = Placed & { app: PhoneApp };
    const ten = async ({ person, app, code, id }: Locked) => {
      for (let nth = 1; nth <= 5; nth++) {
        await person.open('/two-step');
        await person.post('/two-step', { code: wrong(code, nth) });
      }
      assert.equal((await factsOf(world, id)).codeFailures, 5);
      for (let nth = 1; nth <= 5; nth++) await enter(person, wrong(app.code(world.now()), nth));
    };

    it('lock the account, whatever they were from, and whatever comes then', async () => {
      const placed = await askedForCode();
      const [recoveryCode = ''] = await giveRecoveryCodes(world, placed);
      await ten(placed);
      const { person, app, id, email } = placed;
      assert.match(person.errors.join(), /^Too many wrong codes. Try again in 60 minutes/);
      for (const browser of [person, await signIn({ email })]) {
        world.advance(31_000);
        assert.match((await enter(browser, app.code(world.now()))).errors.join(), LOCKED);
        await browser.post('/two-step/recovery-code', { code: recoveryCode });
        assert.match(browser.errors.join(), LOCKED);
        await browser.open('/two-step/app');
        await browser.press('Send me a text instead');
        const { challenge } = await factsOf(world, id);
        await browser.press('Next', { code: (challenge && world.keyring.recallCode(challenge)) ?? '' });
        assert.match(browser.errors.join(), LOCKED);
        assert.ok(!(await isIn(browser)));
      }
    });

    it('are forgotten after an hour, or when support unlocks, and not before', async () => {
      const placed = await askedForCode();
      await ten(placed);
      world.advance(59 * MINUTE);
      const person = await signIn(placed);
      assert.match((await enter(person, placed.app.code(world.now()))).errors.join(), LOCKED);
      world.advance(2 * MINUTE);
      assert.ok(await isIn(await enter(await signIn(placed), placed.app.code(world.now()))));

      const helped = await askedForCode();
      await ten(helped);
      await actAs(world, helped.id, 'unlock');
      assert.ok(await isIn(await enter(helped.person, helped.app.code(world.now()))));
    });

    it('lock for twice as long each time in a row, until a code is right or support unlocks', async () => {
      const rowAfter = async (between: (placed: Locked) => Promise<unknown>) => {
        const placed = await askedForCode();
        await ten(placed);
        await between(placed);
        const again = await signIn(placed);
        for (let nth = 1; nth <= 10; nth++) await enter(again, wrong(placed.app.code(world.now()), nth + 5));
        const { locksInARow, lockedUntil } = await factsOf(world, placed.id);
        assert.ok(lockedUntil);
        return [locksInARow, (lockedUntil.getTime() - world.now().getTime()) / MINUTE];
      };
      const anHour = async () => world.advance(61 * MINUTE);
      assert.deepEqual(await rowAfter(anHour), [2, 120]);
      assert.deepEqual(await rowAfter(({ id }) => actAs(world, id, 'unlock')), [1, 60]);
      const rightOne = async (placed: Locked) => {
        await anHour();
        assert.ok(await isIn(await enter(await signIn(placed), placed.app.code(world.now()))));
      };
      assert.deepEqual(await rowAfter(rightOne), [1, 60]);
    });
  });

  describe('beside it', () => {
    it('a text can be had instead, and the app again instead of that', async () => {
      const placed = await askedForCode();
      const { id, app } = placed;
      const person = await signIn(placed);
      await person.press('Send me a text instead');
      assert.equal(person.path, '/two-step');
      assert.equal(await eventsOf(id, 'sign-in-code-requested'), 1);
      const { challenge } = await factsOf(world, id);
      await person.press('Next', { code: (challenge && world.keyring.recallCode(challenge)) ?? '' });
      assert.equal(person.path, '/dashboard');
      const signedIn = (await factsOf(world, id)).outbox.at(-1);
      assert.deepEqual(signedIn?.data, { factor: 'text' });

      world.advance(31_000);
      const again = await signIn(placed);
      await again.press('Send me a text instead');
      await again.open(again.page('a:contains("Use your authenticator app")').attr('href') ?? '');
      assert.equal(again.path, '/two-step/app');
      await again.press('Next', { code: app.code(world.now()) });
      assert.equal(again.path, '/dashboard');
      assert.equal((await factsOf(world, id)).challenge, undefined, 'the text is void');
    });

    it('nothing else is asked of whoever has none', async () => {
      const placed = await personAt(world, 'active');
      const person = await signIn(placed);
      assert.equal(person.path, '/two-step');
      assert.equal(person.page('a[href^="/two-step/"]').length, 0);
      assert.equal((await person.open('/two-step/app')).path, '/two-step');
    });

    it('a password that was reset goes round nothing', async () => {
      const placed = await personAt(world, 'active', { level: 'password' });
      const app = await giveApp(world, placed);
      const person = await new Person(world.url).open(placed.links['password-reset']);
      await person.press('Change password', { password: NEW_PASSWORD });
      const back = await signIn(placed, NEW_PASSWORD);
      assert.equal(back.path, '/two-step/app');
      assert.ok(!(await isIn(back)));
      assert.ok(await isIn(await enter(back, app.code(world.now()))));
    });
  });

  describe('changing it', () => {
    it('ends every other session, those with a password alone included, and keeps this', async () => {
      for (const change of ['added', 'removed'] as const) {
        const placed = await personAt(world, 'active');
        if (change === 'removed') await giveApp(world, placed);
        const others = [
          await anotherBrowser(world, placed.id, 'full'),
          await anotherBrowser(world, placed.id, 'password'),
        ];
        if (change === 'added') await setUpApp(world, placed.person);
        else {
          await placed.person.open('/account/authenticator/remove');
          await placed.person.press('Remove the app', { password: PASSWORD });
        }
        assert.equal(placed.person.path, '/account', change);
        assert.ok(await isIn(placed.person), change);
        for (const other of others) assert.equal((await other.open('/dashboard')).path, '/sign-in', change);
        assert.equal(await world.store.sessions.countOf(placed.id), 1);
        const { notices } = await factsOf(world, placed.id);
        assert.deepEqual(
          notices.map((notice) => notice.change),
          [`authenticator-${change}`],
        );
      }
    });

    it('ends them by the write that decides, whatever comes after', async () => {
      const placed = await personAt(world, 'active');
      await giveApp(world, placed);
      const other = await anotherBrowser(world, placed.id, 'full');
      const { account } = await factsOf(world, placed.id);
      const from = account?.passwordHash ?? '';
      const judge = removeAuthenticator({ from, sessionId: placed.session._id, at: world.now() });
      assert.ok((await world.store.onboardings.take(placed.id, judge)).done);
      assert.equal((await other.open('/dashboard')).path, '/sign-in');
      assert.ok(await isIn(placed.person));
    });

    it('by removing it takes the password, and brings texts back', async () => {
      const placed = await personAt(world, 'active');
      await giveApp(world, placed);
      const { person, id } = placed;
      await person.open('/account/authenticator/remove');
      for (const password of ['', 'not the password']) {
        await person.press('Remove the app', { password });
        assert.equal(person.status, 422);
      }
      assert.ok((await factsOf(world, id)).authenticator);
      await person.press('Remove the app', { password: PASSWORD });
      assert.equal((await factsOf(world, id)).authenticator, undefined);
      assert.equal((await signIn(placed)).path, '/two-step');
      assert.equal(await eventsOf(id, 'sign-in-code-requested'), 1);
    });

    it('is done by support with the number, and by erasure', async () => {
      for (const action of ['correct-number', 'erase'] as const) {
        const placed = await personAt(world, 'active');
        await giveApp(world, placed);
        await givePendingApp(world, placed);
        await giveRecoveryCodes(world, placed);
        await actAs(world, placed.id, action);
        const { authenticator, pendingAuthenticator, recoveryCodes } = await factsOf(world, placed.id);
        assert.deepEqual([authenticator, pendingAuthenticator, recoveryCodes], Array(3).fill(undefined));
      }
    });
  });

  describe('its secret', () => {
    it('stands in no dump of the database in any form, and opens nothing from another document', async () => {
      const [one, other] = [await personAt(world, 'active'), await personAt(world, 'active')];
      await beginApp(one.person);
      const key = keyOn(one.person).replaceAll(' ', '');
      const bytes = Buffer.from(Secret.fromBase32(key).bytes);
      const forms = [key, ...(['hex', 'base64', 'base64url'] as const).map((each) => bytes.toString(each))];
      const absent = async () => {
        const dump = JSON.stringify(await dumpOf(world));
        assert.ok(dump.includes(one.email), 'the dump is one');
        for (const form of forms) assert.ok(!dump.includes(form));
      };
      await absent();
      await one.person.press('Finish', { code: phoneApp(key).code(world.now()) });
      await absent();

      const { authenticator } = await factsOf(world, one.id);
      await world.store.onboardings.model.updateOne({ _id: other.id }, { $set: { authenticator } });
      world.advance(STEP);
      const person = await signIn(other);
      assert.equal(person.path, '/two-step', 'it cannot be read, so a text is sent');
      await person.post('/two-step/app', { code: phoneApp(key).code(world.now()) });
      assert.ok(!(await isIn(person)));
    });

    it('that no key opens any more leads to texts, and both pages say so', async () => {
      const placed = await personAt(world, 'active');
      await giveApp(world, placed);
      await world.store.onboardings.model.updateOne(
        { _id: placed.id },
        { $set: { 'authenticator.secret.keyId': 'a key that is gone' } },
      );
      const person = await signIn(placed);
      assert.equal(person.path, '/two-step');
      assert.match(person.text, /We cannot check codes from your authenticator app any more/);
      assert.equal(await eventsOf(placed.id, 'sign-in-code-requested'), 1);
      const { challenge } = await factsOf(world, placed.id);
      await person.press('Next', { code: (challenge && world.keyring.recallCode(challenge)) ?? '' });
      await person.open('/account');
      assert.match(person.text, /We cannot check its codes any more/);
      await setUpApp(world, person);
      assert.equal((await signIn(placed)).path, '/two-step/app');
    });
  });
});
