import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { trusted } from 'mongoose';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { type Answer, postApi } from './requests.js';

/** SECURITY.md row 38. */
describe('an Idempotency-Key', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const post = (key: string, body: Record<string, string>) =>
    postApi(world, body, { headers: { 'idempotency-key': key } });
  const essence = ({ status, headers, body }: Answer) => ({ status, location: headers.location, body });
  const count = (email: string) => world.store.onboardings.model.countDocuments({ email });

  it('50 times at once makes one invitation, and every answer is the same', async () => {
    const [key, email] = [randomUUID(), newEmail()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(key, { email, firstName: 'Sam', message: 'Welcome' })),
    );
    const [first] = answers;
    assert.ok(first);
    assert.equal(first.status, 201);
    for (const each of answers) assert.deepEqual(essence(each), essence(first));
    assert.equal(await count(email), 1);
    assert.deepEqual(
      essence(await post(key, { email, firstName: 'Sam', message: 'Welcome' })),
      essence(first),
    );
  });

  it('with another body is refused, and nothing is made of that', async () => {
    const [key, email, other] = [randomUUID(), newEmail(), newEmail()];
    assert.equal((await post(key, { email })).status, 201);
    for (const body of [{ email: other }, { email, firstName: 'Sam' }, { email, message: 'Welcome' }]) {
      const { status, body: problem } = await post(key, body);
      assert.equal(status, 422);
      assert.equal(JSON.parse(problem).type, 'urn:problem:idempotency-key-reused');
    }
    assert.equal(await count(other), 0);
  });

  it('with other bodies 50 times at once makes one invitation', async () => {
    const key = randomUUID();
    const emails = Array.from({ length: 50 }, newEmail);
    const answers = await Promise.all(emails.map((email) => post(key, { email })));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 422).length, 49);
    const made = await world.store.onboardings.model.countDocuments({ email: trusted({ $in: emails }) });
    assert.equal(made, 1);
  });

  it('of another form is refused', async () => {
    for (const key of ['', ' ', 'a b', 'é', 'x'.repeat(256)]) {
      const { status } = await post(key, { email: newEmail() });
      assert.deepEqual([key, status], [key, 400]);
    }
  });

  it('is one per caller', async () => {
    const key = randomUUID();
    const second = `test_${randomUUID()}`;
    const createdAt = world.now();
    const expiresAt = new Date(createdAt.getTime() + 60_000);
    const owner = { _id: 'second', key: second, teamId: 'demo', ownerName: 'Dr Lee', createdAt, expiresAt };
    await world.store.apiKeys.ensure(owner);
    const first = await post(key, { email: newEmail() });
    const other = await postApi(
      { url: world.url, apiKey: second },
      { email: newEmail() },
      { headers: { 'idempotency-key': key } },
    );
    assert.deepEqual([first.status, other.status], [201, 201]);
    assert.notEqual(first.headers.location, other.headers.location);
  });

  it('or none: the same address 50 times at once makes one invitation', async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 50 }, () => postApi(world, { email })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array<number>(49).fill(200), 201]);
    assert.equal(await count(email), 1);
  });
});
