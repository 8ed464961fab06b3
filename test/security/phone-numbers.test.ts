import assert from 'node:assert/strict';
import { takeText } from '../../api/web/texting.js';
import { canonicalMobile } from '../../store/addresses.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { codeFromText, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, personAt } from './people.js';

/** SECURITY.md rows 9 and 10: what texts cost, and to whom they go. */
describe('a mobile number', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const refused: Record<string, [RegExp, string[]]> = {
    'that would reach two': [
      /^Enter a mobile phone number/,
      [
        '447400123456<14155550100',
        '+447400123456<+14155550100',
        '07400123456,07400123457',
        '07400123456;ext=1',
        'tel:+447400123456;phone-context=+1',
        '+447400123456 ext. 1',
        '07400123456\u202e',
        '\u202d07400123456',
        '٠٧٤٠٠١٢٣٤٥٦',
        '０７４００１２３４５６',
        '07400 123456 07400 123457',
        '07400123456\n07400123457',
        '+44 (0) 7400 123456 <script>',
        '++447400123456',
        `+44${'0'.repeat(40)}7400123456`,
      ],
    ],
    'that is a landline or has a special rate': [
      /^Enter a mobile number. We cannot text a landline/,
      [
        '020 7946 0958',
        '0909 879 0000',
        '0900 123 4567',
        '0870 123 4567',
        '0800 123 4567',
        '+44 7012 345678',
      ],
    ],
    'of a country that is not served': [
      /^We cannot text numbers from this country/,
      ['+79161234567', '+8613812345678', '+37499123456', '+447797712345', '+18765551234'],
    ],
    'of a satellite or an international network': [/./, ['+881612345678', '+882161234567', '+8835100123456']],
  };
  for (const [what, [reason, numbers]] of Object.entries(refused)) {
    it(`${what} is refused, and no text is asked for`, async () => {
      const { id, person } = await personAt(world, 'enrolling', { level: 'password' });
      for (const number of numbers) {
        await person.open('/phone');
        await person.press('Continue', { phone: number });
        assert.equal(person.status, 422, number);
        assert.match(person.errors.join(), reason, number);
      }
      const { stage, phone, challenge } = await factsOf(world, id);
      assert.deepEqual([stage, phone, challenge], ['enrolling', undefined, undefined]);
    });
  }

  it('is one number in every usual spelling', () => {
    const spellings = [
      '07400123456',
      '07400 123 456',
      '(07400) 123-456',
      '+447400123456',
      '+44 (0)7400 123456',
      '0044 7400 123456',
      ' +44.7400.123456 ',
      '447400123456',
    ];
    const numbers = spellings.map((spelling) => canonicalMobile(spelling, DEFAULT_POLICY));
    assert.deepEqual(
      numbers,
      spellings.map(() => ({ number: '+447400123456' })),
    );
  });

  it('of somebody who is signed in for good cannot be changed by the password alone', async () => {
    const { id, person } = await personAt(world, 'active', { level: 'password' });
    const before = await factsOf(world, id);
    await person.open('/two-step');
    await person.post('/phone', { phone: '07400 999000' });
    assert.equal(person.path, '/two-step');
    assert.deepEqual(await factsOf(world, id), before);
  });
});

describe('the caps on texts', () => {
  it('let 40 of 200 numbers in a row through', async () => {
    const world = await startWorld({ worker: false });
    try {
      const outcomes = [];
      for (let nth = 0; nth < 200; nth++) {
        const number = `+447400555${100 + nth}`;
        outcomes.push(await takeText(world, { onboardingId: `person-${nth}`, number, network: `${nth}` }));
      }
      assert.ok(outcomes.slice(0, 40).every(({ allowed }) => allowed));
      assert.ok(outcomes.slice(40).every((each) => !each.allowed && each.limit === 'text-prefix'));
    } finally {
      await world.stop();
    }
  });

  it('count also when 50 ask at once', async () => {
    const world = await startWorld({ worker: false });
    try {
      const ask = () =>
        takeText(world, { onboardingId: 'person', number: '+447400555100', network: '192.0.2.1' });
      const outcomes = await Promise.all(Array.from({ length: 50 }, ask));
      assert.equal(outcomes.filter(({ allowed }) => allowed).length, 6);
    } finally {
      await world.stop();
    }
  });

  it('refuse before the provider is called', async function () {
    this.timeout(60_000);
    const world = await startWorld({ limits: { 'text-prefix': { points: 3, duration: 3_600 } } });
    try {
      const { id, person } = await personAt(world, 'enrolling', { level: 'password' });
      await person.open('/phone');
      const statuses: number[] = [];
      for (let nth = 0; nth < 8; nth++) {
        await person.post('/phone', { phone: `07400 555${100 + nth}` });
        statuses.push(person.status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 422, 422, 422, 422, 422]);
      const { phone = '' } = await factsOf(world, id);
      assert.equal(phone, '+447400555102');
      await world.inbox.nextText(({ to }) => to === phone.slice(1));
      assert.ok(world.inbox.texts.length <= 3);
    } finally {
      await world.stop();
    }
  });

  it('hold for a range whose codes nobody enters, and not for one whose codes are confirmed', async function () {
    this.timeout(60_000);
    const world = await startWorld({ limits: { 'text-unconfirmed': { points: 3, duration: 86_400 } } });
    try {
      const numbers = Array.from({ length: 4 }, (_, nth) => `07400 5${nth}1000`);
      for (const phone of numbers) {
        const { person } = await personAt(world, 'enrolling', { level: 'password' });
        await person.open('/phone');
        await person.press('Continue', { phone });
        await person.press('Next', { code: await codeFromText(world, phone) });
      }
      const statuses: number[] = [];
      for (const phone of numbers) {
        const { person } = await personAt(world, 'enrolling', { level: 'password' });
        await person.open('/phone');
        await person.press('Continue', { phone: phone.replace('07400', '07401') });
        statuses.push(person.status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 422]);
    } finally {
      await world.stop();
    }
  });

  it('keep nobody from signing in for being one of many behind one address', async () => {
    const world = await startWorld({
      worker: false,
      limits: { 'text-address': { points: 1, duration: 3_600 } },
    });
    world.advance(0);
    try {
      const enrol = async (phone: string) => {
        const { person } = await personAt(world, 'enrolling', { level: 'password' });
        await person.open('/phone');
        return (await person.press('Continue', { phone })).status;
      };
      assert.deepEqual([await enrol('07400 555100'), await enrol('07401 555100')], [200, 422]);

      for (let nth = 0; nth < 3; nth++) {
        const { id, email } = await personAt(world, 'active');
        const texted = async () => (await factsOf(world, id)).challenge;
        const before = await texted();
        const person = await new Person(world.url).open('/sign-in');
        await person.press('Sign in', { email, password: PASSWORD });
        const first = await texted();
        assert.deepEqual([person.path, first?.id === before?.id], ['/two-step', false]);
        world.advance(31_000);
        await person.press('Send again');
        assert.deepEqual([person.errors, (await texted())?.sends], [[], 2]);
      }
    } finally {
      await world.stop();
    }
  });

  it('keep nobody from signing in for telephones bought together, whose codes others do not enter', async () => {
    const one = { points: 1, duration: 86_400 };
    const world = await startWorld({ limits: { 'text-prefix': one, 'text-unconfirmed': one } });
    try {
      const { person: stranger } = await personAt(world, 'enrolling', { level: 'password' });
      const enrol = async (phone: string) => {
        await stranger.open('/phone');
        return (await stranger.press('Continue', { phone })).status;
      };
      const phone = '07400 555101';
      const { email } = await personAt(world, 'active', { facts: { phone: '+447400555101' } });
      assert.deepEqual([await enrol('07400 555102'), await enrol('07400 555103')], [200, 422]);
      const person = await new Person(world.url).open('/sign-in');
      await person.press('Sign in', { email, password: PASSWORD });
      await person.press('Next', { code: await codeFromText(world, phone) });
      assert.equal(person.path, '/dashboard');
      assert.equal(await enrol('07400 555104'), 422, 'a code that was not counted gives nothing back');
    } finally {
      await world.stop();
    }
  });

  it('hold for a person, a number, and everybody together', async () => {
    for (const name of ['text-person', 'text-number', 'text-address', 'text-total'] as const) {
      const world = await startWorld({ worker: false, limits: { [name]: { points: 2, duration: 3_600 } } });
      try {
        const outcomes: number[] = [];
        const { person } = await personAt(world, 'enrolling', { level: 'password' });
        for (let nth = 0; nth < 3; nth++) {
          await person.open('/phone');
          await person.press('Continue', {
            phone: name === 'text-number' ? '07400 555100' : `07${400 + nth} 555100`,
          });
          outcomes.push(person.status);
        }
        assert.deepEqual(outcomes, [200, 200, 422], name);
        assert.match(person.errors.join(), /^We cannot send more text messages/);
      } finally {
        await world.stop();
      }
    }
  });
});
