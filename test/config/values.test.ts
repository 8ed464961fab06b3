import assert from 'node:assert/strict';
import { readAdminConfig } from '../../config/read.js';

const HOUR = 3_600_000;

describe('a value in the environment', () => {
  const read = (more: Record<string, string>) =>
    readAdminConfig({ MONGODB_URI: 'mongodb://127.0.0.1/onboarding', ...more }).policy;

  it('of a span of time has a unit', () => {
    assert.equal(read({ VERIFY_WINDOW: '24h' }).verifyWindow, 24 * HOUR);
    assert.equal(read({ VERIFY_WINDOW: '1.5 hours' }).verifyWindow, 1.5 * HOUR);
    for (const wrong of ['24', '86400000', '24 x', '-1h', '0s', 'h']) {
      assert.throws(() => read({ VERIFY_WINDOW: wrong }), /VERIFY_WINDOW: must be a duration/, wrong);
    }
  });

  it('of countries names some that there are', () => {
    assert.deepEqual(read({ TEXT_COUNTRIES: 'GB,IE' }).textCountries, ['GB', 'IE']);
    for (const wrong of ['UK', 'GB,XX', 'gb', 'GB IE']) {
      assert.throws(() => read({ TEXT_COUNTRIES: wrong }), /TEXT_COUNTRIES: must be/, wrong);
      assert.throws(() => read({ HOME_COUNTRY: wrong }), /HOME_COUNTRY: must be/, wrong);
    }
  });
});
