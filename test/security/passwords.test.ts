import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import { createPasswords } from '../../api/passwords.js';
import { PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, type Placed, personAt } from './people.js';

const TOO_SHORT = /at least 12 characters/;
const TOO_COMMON = /harder to guess/;
const CONTEXT = /without your name, your email address or “Huma”/;

/** SECURITY.md rows 1 to 3. */
describe('a password', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const create = async (
    password: string,
    { facts = {}, names = {} }: { facts?: { email?: string }; names?: Record<string, string> } = {},
  ) => {
    const placed = await personAt(world, 'invited', { facts });
    const person = new Person(world.url);
    await person.open(placed.links.invitation);
    const fields = { firstName: 'Sam', lastName: 'Taylor', accepted: 'yes', ...names };
    await person.press('Create account', { ...fields, password });
    return { ...placed, person };
  };
  const signIn = async ({ email }: Pick<Placed, 'email'>, password: string) => {
    const person = new Person(world.url);
    await person.open('/sign-in');
    return person.press('Sign in', { email, password });
  };

  it('of 11 code points is refused, however many bytes they take', async () => {
    for (const password of ['qz7!Kp2#Wv9', '😀😃🤣😂🙃😉😊😇🥰😍🥳']) {
      const { person, id } = await create(password);
      assert.equal(person.status, 422);
      assert.match(person.errors.join(), TOO_SHORT);
      assert.equal((await factsOf(world, id)).stage, 'invited');
    }
  });

  it('of 15 emoji is accepted', async () => {
    const { person } = await create('😀😃😄😁😆😅🤣😂🙂🙃😉😊😇🥰😍');
    assert.equal(person.path, '/check-email', person.errors.join());
  });

  it('of 128 characters counts to the last one', async () => {
    const password = randomBytes(64).toString('hex');
    const created = await create(password);
    assert.equal(created.person.path, '/check-email');
    const last = password.endsWith('0') ? '1' : '0';
    assert.match((await signIn(created, password.slice(0, -1) + last)).errors.join(), /not right/);
    assert.match((await signIn(created, password.slice(0, -1))).errors.join(), /not right/);
    assert.equal((await signIn(created, password)).path, '/check-email');
  });

  it('is the same in either Unicode form', async () => {
    const password = 'zwölf Bärenmützen übers Wälderöhr';
    const created = await create(password.normalize('NFD'));
    assert.equal((await signIn(created, password.normalize('NFC'))).path, '/check-email');
  });

  it('keeps its spaces and its case', async () => {
    const created = await create(` ${PASSWORD} `);
    assert.match((await signIn(created, PASSWORD)).errors.join(), /not right/);
    assert.match((await signIn(created, ` ${PASSWORD.toUpperCase()} `)).errors.join(), /not right/);
    assert.equal((await signIn(created, ` ${PASSWORD} `)).path, '/check-email');
  });

  it('that is on the list of common ones is refused with the reason', async () => {
    const { person } = await create('1qaz2wsx3edc');
    assert.match(person.errors.join(), TOO_COMMON);
  });

  it('is refused for every entry of the list that is long enough, in any case', () => {
    const { refusalOf } = createPasswords({ brandName: 'Huma' });
    const entries = dictionary['passwords-common'].map(String).filter((entry) => [...entry].length >= 12);
    assert.ok(entries.length > 300, 'the list has long entries');
    const accepted = entries.filter((entry) => !refusalOf(entry, []) || !refusalOf(entry.toUpperCase(), []));
    assert.deepEqual(accepted, []);
  });

  it('made of the brand, a name or the address is refused with the reason', async () => {
    for (const password of [
      'HumaHumaHuma!',
      'Humahuma2026!',
      'Rosalind!2026',
      'Quagmire-1984',
      'flamingo-1234',
    ]) {
      const { person } = await create(password, {
        facts: { email: `flamingo.${randomBytes(4).toString('hex')}@example.org` },
        names: { firstName: 'Rosalind', lastName: 'Quagmire' },
      });
      assert.match(person.errors.join(), CONTEXT, password);
    }
  });

  it('made of a name is refused also where the two come in different Unicode forms', async () => {
    const lastName = 'Björkström';
    const { person } = await create(`${lastName}-42`.normalize('NFC'), {
      names: { lastName: lastName.normalize('NFD') },
    });
    assert.match(person.errors.join(), CONTEXT);
  });

  it('is never shown again', async () => {
    const { person } = await create('qz7!Kp2#Wv9');
    assert.equal(person.page('input[name=password]').attr('value') ?? '', '');
    assert.doesNotMatch(person.page.html(), /qz7!Kp2#Wv9/);
  });

  it('stored with a weaker hash is hashed anew at sign-in, and only then', async () => {
    const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const account = { passwordHash: weak, createdAt: world.now() };
    const { id, email } = await personAt(world, 'verifying', { facts: { account } });
    const stored = async () => (await factsOf(world, id)).account?.passwordHash ?? '';

    await signIn({ email }, 'not the right password');
    assert.equal(await stored(), weak);
    assert.equal((await signIn({ email }, PASSWORD)).path, '/check-email');
    const upgraded = await stored();
    assert.match(upgraded, /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    assert.equal((await signIn({ email }, PASSWORD)).path, '/check-email');
    assert.equal(await stored(), upgraded);
  });
});
