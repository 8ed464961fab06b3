import assert from 'node:assert/strict';
import { apiKeyCommand } from '../../admin/commands/api-key.js';
import { invite, newEmail } from '../support/journey.js';
import { atTerminal } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

describe('admin api-key', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const run = (...args: string[]) => atTerminal(world, apiKeyCommand, ...args);
  const owner = ['--team', 'demo', '--owner-name', 'Dr Jo Weber', '--owner-email', 'jo@example.org'];
  const statusWith = async (apiKey: string) =>
    (await invite({ url: world.url, apiKey }, { email: newEmail() })).status;

  it('makes a key that works until it is revoked, and shows it once', async () => {
    const { lines } = await run('create', ...owner, '--days', '30');
    const key = lines[0] ?? '';
    assert.equal(await statusWith(key), 201);

    const listed = (await run('list')).lines;
    assert.doesNotMatch(listed.join('\n'), new RegExp(key));
    const row = listed.find((line) => line.includes('Dr Jo Weber')) ?? '';
    assert.match(row, /works until/);
    const [id = ''] = row.split('  ');

    assert.equal((await run('revoke', '--id', id)).code, 0);
    assert.equal(await statusWith(key), 401);
    assert.match((await run('list')).lines.find((line) => line.includes(id)) ?? '', /revoked/);
    const stored = await world.store.apiKeys.find(id);
    assert.doesNotMatch(JSON.stringify(stored), new RegExp(key));
  });

  it('makes keys that run out', async () => {
    const { lines } = await run('create', ...owner, '--days', '1');
    world.advance(25 * 3_600_000);
    assert.equal(await statusWith(lines[0] ?? ''), 401);
    assert.match((await run('list')).lines.join('\n'), /expired/);
  });

  it('refuses wrong arguments, and to revoke what is not there', async () => {
    await assert.rejects(run(), /one of create, list, revoke/);
    await assert.rejects(run('create', ...owner, '--days', '0'), /--days/);
    await assert.rejects(run('create', ...owner, '--days', '1e3'), /--days/);
    await assert.rejects(run('create', ...owner.slice(2), '--team', 'nowhere'), /no team nowhere/);
    await assert.rejects(run('create', ...owner.slice(0, 4), '--owner-email', 'jo'), /one plain address/);
    await assert.rejects(
      run('create', ...owner, '--owner-name', 'www.evil.example'),
      /--owner-name.*web address/,
    );
    assert.equal((await run('revoke', '--id', 'nothing')).code, 1);
  });
});
