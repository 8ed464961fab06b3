import assert from 'node:assert/strict';
import { createKeyring, type Keyring } from '../../store/secrets.js';
import { later } from '../../store/steps.js';
import { factsOf, personAt } from '../security/people.js';
import { giveApp, givePendingApp } from '../security/second-factors.js';
import { startWorld, type World } from '../support/world.js';

const MINUTE = 60_000;
const [OLD, NEW] = [Buffer.alloc(32, 'k'), Buffer.alloc(32, 'n')];

/** "Rotating secrets" in docs/operations.md: the new key in front, for a week, and then without the old one. */
describe('the daily round of retention', function () {
  this.timeout(60_000);
  let world: World;
  /** The worker's; the doors keep the old key. */
  let keyring: Keyring;
  before(async () => {
    keyring = createKeyring([OLD]);
    world = await startWorld({
      dependencies: (real) => ({ ...real, keyring: Object.create(real.keyring, liveKeyring()) }),
    });
  });
  after(() => world?.stop());

  const liveKeyring = () => ({
    sealKeyId: { get: () => keyring.sealKeyId },
    seal: { value: (...given: Parameters<Keyring['seal']>) => keyring.seal(...given) },
    unseal: { value: (...given: Parameters<Keyring['unseal']>) => keyring.unseal(...given) },
  });
  const authenticatorOf = async (id: string) =>
    (await factsOf(world, id)).authenticator ?? assert.fail('no authenticator');

  it('seals with the new key what the old one has sealed, and the old one can be taken away', async () => {
    const placed = [await personAt(world, 'active'), await personAt(world, 'suspended')];
    for (const each of placed) await giveApp(world, each);
    const before = await Promise.all(placed.map(({ id }) => authenticatorOf(id)));
    const events = (await factsOf(world, placed[0]?.id ?? '')).seq;
    await world.retain();
    assert.deepEqual(
      await authenticatorOf(placed[0]?.id ?? ''),
      before[0],
      'while there is one key nothing changes',
    );

    keyring = createKeyring([NEW, OLD]);
    await world.retain();
    const alone = createKeyring([NEW]);
    for (const [index, { id }] of placed.entries()) {
      const { secret, ...rest } = await authenticatorOf(id);
      const { secret: sealedBefore, ...restBefore } = before[index] ?? assert.fail();
      assert.deepEqual(rest, restBefore);
      assert.equal(secret.keyId, alone.sealKeyId);
      assert.deepEqual(alone.unseal(secret, id), createKeyring([OLD]).unseal(sealedBefore, id));
    }
    assert.equal((await factsOf(world, placed[0]?.id ?? '')).seq, events, 'it is no step of anybody');
  });

  it('leaves alone what no key opens', async () => {
    const placed = await personAt(world, 'active');
    await giveApp(world, placed);
    const before = await authenticatorOf(placed.id);
    keyring = createKeyring([NEW]);
    await world.retain();
    assert.deepEqual(await authenticatorOf(placed.id), before);
  });

  it('forgets secrets that no app has taken in their time', async () => {
    const [late, open] = [await personAt(world, 'active'), await personAt(world, 'active')];
    for (const each of [late, open]) await givePendingApp(world, each);
    await world.store.onboardings.model.updateOne(
      { _id: late.id },
      { $set: { 'pendingAuthenticator.issuedAt': later(world.now(), -11 * MINUTE) } },
    );
    await world.retain();
    assert.equal((await factsOf(world, late.id)).pendingAuthenticator, undefined);
    assert.ok((await factsOf(world, open.id)).pendingAuthenticator);
  });
});
