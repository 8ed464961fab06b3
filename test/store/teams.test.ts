import assert from 'node:assert/strict';
import { mock } from 'node:test';
import mongoose from 'mongoose';
import type { Store } from '../../store/open.js';
import { SECOND } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

describe('teams', function () {
  this.timeout(60_000);
  let store: Store;
  let asked: string[] = [];
  before(async () => {
    store = await freshStore();
  });
  beforeEach(() => {
    asked = [];
    mongoose.set('debug', (collection: string, method: string) => asked.push(`${collection}.${method}`));
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
  });
  afterEach(() => {
    mongoose.set('debug', false);
    mock.timers.reset();
  });
  after(() => store?.close());

  it('are read from the database once a minute', async () => {
    const team = { _id: 'ward', name: 'Ward 7', timeZone: 'UTC' };
    await store.teams.ensure(team);
    asked = [];
    const found = async () => {
      assert.deepEqual(await store.teams.find('ward'), team);
      return asked.length;
    };
    assert.equal(await found(), 1);
    assert.equal(await found(), 1);
    mock.timers.tick(60 * SECOND - 1);
    assert.equal(await found(), 1);
    mock.timers.tick(1);
    assert.equal(await found(), 2);
  });

  it('are found as soon as they are made', async () => {
    assert.equal(await store.teams.find('new'), null);
    await store.teams.ensure({ _id: 'new', name: 'A new team', timeZone: 'UTC' });
    assert.equal((await store.teams.find('new'))?.name, 'A new team');
  });
});
