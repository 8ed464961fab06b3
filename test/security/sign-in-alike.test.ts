import assert from 'node:assert/strict';
import mongoose from 'mongoose';
import { newEmail } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { personAt } from './people.js';
import { type Answer, formHeaders, send } from './requests.js';

const ATTEMPTS_ALLOWED = 10;

/** SECURITY.md row 4: nothing tells whether an address has an account. */
describe('a failed sign-in', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const addresses = async () => ({
    known: (await personAt(world, 'active')).email,
    invited: (await personAt(world, 'invited')).email,
    unknown: newEmail(),
  });

  const attempt = async (email: string): Promise<Answer> => {
    const person = await new Person(world.url).open('/sign-in');
    const body = new URLSearchParams({ email, password: 'no such password', _csrf: person.csrfToken });
    const headers = await formHeaders(person);
    return send(world.url, { method: 'POST', path: '/sign-in', headers, body: body.toString() });
  };

  const comparable = ({ status, headers, body }: Answer, email: string) => {
    const { date: _d, etag: _e, 'x-request-id': _i, ...rest } = headers;
    const same = body.replaceAll(email, 'EMAIL').replaceAll(/name="_csrf" value="[^"]+"/g, 'TOKEN');
    return { status, headers: rest, body: same };
  };

  it('is answered alike for known, invited and unknown addresses', async () => {
    const { known, invited, unknown } = await addresses();
    const answers = [];
    for (const email of [known, invited, unknown]) answers.push(comparable(await attempt(email), email));
    const [forKnown, forInvited, forUnknown] = answers;
    assert.equal(forKnown?.status, 422);
    assert.equal(forKnown.headers['set-cookie'], undefined);
    assert.deepEqual(forInvited, forKnown);
    assert.deepEqual(forUnknown, forKnown);
  });

  it('does the same operations on the database', async () => {
    const { known, invited, unknown } = await addresses();
    const operations: Record<string, string[]> = {};
    try {
      for (const email of [known, invited, unknown]) {
        const seen: string[] = [];
        mongoose.set('debug', (collection: string, method: string) => seen.push(`${collection}.${method}`));
        await attempt(email);
        operations[email] = seen;
      }
    } finally {
      mongoose.set('debug', false);
    }
    assert.ok(operations[known]?.includes('onboardings.findOne'));
    assert.deepEqual(operations[unknown], operations[known]);
    assert.deepEqual(operations[invited], operations[known]);
  });

  it('is throttled at the same attempt', async () => {
    const { known, unknown } = await addresses();
    for (const email of [known, unknown]) {
      const statuses = [];
      for (let nth = 0; nth <= ATTEMPTS_ALLOWED; nth++) statuses.push((await attempt(email)).status);
      assert.deepEqual(statuses, [...Array<number>(ATTEMPTS_ALLOWED).fill(422), 429]);
    }
  });

  it('is counted also when 30 arrive at once', async () => {
    const email = (await addresses()).known;
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(email)));
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 422).length, ATTEMPTS_ALLOWED);
    assert.equal(statuses.filter((status) => status === 429).length, 30 - ATTEMPTS_ALLOWED);
  });

  it('counts by address whatever its case, and whatever X-Forwarded-For says', async () => {
    const tight = await startWorld({
      worker: false,
      limits: {
        'sign-in-email': { points: 1, duration: 60 },
        'sign-in-address': { points: 2, duration: 60 },
      },
    });
    try {
      const person = await new Person(tight.url).open('/sign-in');
      const headers = await formHeaders(person);
      const post = async (email: string, forwarded: string) => {
        const body = new URLSearchParams({ email, password: 'no such password', _csrf: person.csrfToken });
        const more = { ...headers, 'x-forwarded-for': forwarded };
        return send(tight.url, { method: 'POST', path: '/sign-in', headers: more, body: body.toString() });
      };
      const email = newEmail();
      assert.equal((await post(email, '192.0.2.1')).status, 422);
      const throttled = await post(` ${email.toUpperCase()} `, '192.0.2.2');
      assert.equal(throttled.status, 429);
      assert.ok(Number(throttled.headers['retry-after']) > 0);
      assert.equal((await post(newEmail(), '192.0.2.3')).status, 422);
      assert.equal((await post(newEmail(), '192.0.2.4')).status, 429);
    } finally {
      await tight.stop();
    }
  });

  it('counts every address of one IPv6 network together, where a proxy names it', async () => {
    const tight = await startWorld({
      worker: false,
      trustProxy: 1,
      limits: { 'sign-in-address': { points: 2, duration: 60 } },
    });
    try {
      const person = await new Person(tight.url).open('/sign-in');
      const headers = await formHeaders(person);
      const statusFrom = async (address: string) => {
        const fields = { email: newEmail(), password: 'no such password', _csrf: person.csrfToken };
        const body = new URLSearchParams(fields).toString();
        const more = { ...headers, 'x-forwarded-for': address };
        return (await send(tight.url, { method: 'POST', path: '/sign-in', headers: more, body })).status;
      };
      assert.equal(await statusFrom('2001:db8:0:1::1'), 422);
      assert.equal(await statusFrom('2001:db8:0:1:aaaa:bbbb:cccc:dddd'), 422);
      assert.equal(await statusFrom('2001:db8:0:1::2'), 429);
      assert.equal(await statusFrom('2001:db8:0:2::1'), 422);
      assert.equal(await statusFrom('192.0.2.7'), 422);
    } finally {
      await tight.stop();
    }
  });
});
