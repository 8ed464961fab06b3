import assert from 'node:assert/strict';
import type { Store } from '../../store/open.js';
import { DAY, SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

describe('API keys in the database', function () {
  this.timeout(60_000);
  let store: Store;
  before(async () => {
    store = await freshStore();
  });
  after(() => store?.close());

  it('note their last use to the minute, and write nothing for the calls in between', async () => {
    const [id, key] = ['a-key', 'a-key-that-is-long-enough'];
    const owner = { teamId: 'team', ownerName: 'Dr Lee', createdAt: T0, expiresAt: sinceT0(DAY) };
    await store.apiKeys.ensure({ _id: id, key, ...owner });
    const lastUse = async (at: Date) => {
      assert.equal((await store.apiKeys.findValid(key, at))?._id, id);
      return (await store.apiKeys.find(id))?.lastUsedAt;
    };
    assert.deepEqual(await lastUse(T0), T0);
    assert.deepEqual(await lastUse(sinceT0(60 * SECOND)), T0);
    assert.deepEqual(await lastUse(sinceT0(61 * SECOND)), sinceT0(61 * SECOND));
  });
});
