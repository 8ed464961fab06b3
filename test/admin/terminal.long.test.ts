import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { settingsFor } from '../../admin/local-settings.js';
import { linkFromMail, newEmail } from '../support/journey.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';

const main = fileURLToPath(new URL('../../admin/main.js', import.meta.url));

/** `npm run admin` as a process of its own, with nothing in its environment but what is given. */
async function admin(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { PATH } = process.env;
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], {
      env: { PATH, ...env },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe('npm run admin, as a process', function () {
  this.timeout(120_000);
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'onboarding-admin-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('explains itself, and each command', async () => {
    for (const name of ['invite', 'api-key create', 'api-key list', 'api-key revoke', 'doctor', 'reset']) {
      assert.match((await admin({ DATA_DIR: dir })).stdout, new RegExp(`^ {2}${name}`, 'm'));
    }
    assert.match((await admin({ DATA_DIR: dir }, 'invite', '--help')).stdout, /^invite --email/);
    const unknown = await admin({ DATA_DIR: dir }, 'nonsense');
    assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
    assert.match(unknown.stderr, /There is no command nonsense/);
  });

  it('says what to do where nothing runs, and names a missing setting', async () => {
    const nothing = await admin({ DATA_DIR: dir }, 'doctor');
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /Run npm start first, or set MONGODB_URI/);
    const production = await admin({ NODE_ENV: 'production' }, 'doctor');
    assert.equal(production.code, 1);
    assert.match(production.stderr, /MONGODB_URI: is missing/);
  });

  it('takes no settings from a service that has died', async () => {
    const left = join(dir, 'settings.json');
    const settings = { MONGODB_URI: 'mongodb://127.0.0.1:1/x' };
    await writeFile(left, JSON.stringify({ pid: 2 ** 30, settings }));
    assert.throws(() => settingsFor({ DATA_DIR: dir }), /no local service is running/);
    await writeFile(left, JSON.stringify({ pid: process.pid, settings }));
    assert.equal(settingsFor({ DATA_DIR: dir })['MONGODB_URI'], settings.MONGODB_URI);
    await rm(left);
  });

  describe('reset', () => {
    it('refuses production, a database of one’s own, and a folder that is not ours', async () => {
      await writeFile(join(dir, 'precious'), '');
      for (const env of [{ NODE_ENV: 'production' }, { MONGODB_URI: 'mongodb://127.0.0.1/x' }]) {
        assert.equal((await admin({ DATA_DIR: dir, ...env }, 'reset', '--yes')).code, 2);
      }
      assert.match((await admin({ DATA_DIR: dir }, 'reset', '--yes')).stdout, /nothing to reset/);
      assert.deepEqual(await readdir(dir), ['precious']);
    });

    it('says what it would remove, then removes it, and keeps what was fetched', async () => {
      await writeFile(join(dir, 'secrets.json'), '{}');
      await mkdir(join(dir, 'tools'));
      assert.match((await admin({ DATA_DIR: dir }, 'reset')).stdout, /would remove.*secrets\.json/s);
      assert.equal((await readdir(dir)).length, 3);
      assert.equal((await admin({ DATA_DIR: dir }, 'reset', '--yes')).code, 0);
      assert.deepEqual(await readdir(dir), ['tools']);
    });
  });

  describe('beside a running npm start', () => {
    let world: LocalWorld;
    before(async () => {
      world = await startLocalWorld({ SWEEP_SECONDS: '1' });
    });
    after(() => world?.stop());

    it('finds the service by itself: invites, examines, and will not reset what runs', async () => {
      const env = { DATA_DIR: world.dataDir };
      const email = newEmail();
      const invitation = await admin(
        env,
        ...['invite', '--email', email, '--role', 'support', '--team', 'support', '--team-name', 'Support'],
      );
      assert.deepEqual([invitation.code, invitation.stderr], [0, '']);
      assert.match(invitation.stdout.trim(), /^[0-9a-f-]{36}$/);
      await linkFromMail(world, email, 'invite');
      const doctor = await admin(env, 'doctor');
      assert.deepEqual(doctor, { code: 0, stdout: 'Nothing found.\n', stderr: '' });
      const { mode } = await stat(join(world.dataDir, 'settings.json'));
      assert.equal(mode & 0o777, 0o600);
      const reset = await admin(env, 'reset', '--yes');
      assert.equal(reset.code, 1);
      assert.match(reset.stdout, /Stop npm start first/);
    });
  });
});
