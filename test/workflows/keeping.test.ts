import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep } from '../support/histories/keep.js';

/** Written over, an old history would be one of the present code, which replays whatever has changed. */
describe('keeping a history', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onboarding-histories-'));
    await keep({ folder, name: 'expired', text: 'of the first version', beside: false });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const files = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (file) => [file, await readFile(join(folder, file), 'utf8')]),
      ),
    );

  it('leaves the one that is there', async () => {
    const kept = await keep({ folder, name: 'expired', text: 'of today', beside: false });
    assert.equal(kept, undefined);
    assert.deepEqual(await files(), { 'expired.json': 'of the first version' });
  });

  it('adds another of the same name beside it, each time it is asked to', async () => {
    assert.equal(await keep({ folder, name: 'expired', text: 'second', beside: true }), 'expired-2');
    assert.equal(await keep({ folder, name: 'expired', text: 'third', beside: true }), 'expired-3');
    assert.deepEqual(await files(), {
      'expired.json': 'of the first version',
      'expired-2.json': 'second',
      'expired-3.json': 'third',
    });
  });

  it('adds one under its own name where there is none', async () => {
    assert.equal(await keep({ folder, name: 'revoked', text: 'new', beside: true }), 'revoked');
    assert.equal((await files())['revoked.json'], 'new');
  });
});
