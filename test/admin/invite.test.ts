import assert from 'node:assert/strict';
import { inviteCommand } from '../../admin/commands/invite.js';
import { DomainError } from '../../api/errors.js';
import { invite, newEmail } from '../support/journey.js';
import { atTerminal } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

describe('admin invite', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  const run = (...args: string[]) => atTerminal(world, inviteCommand, ...args);

  for (const role of ['support', 'team-lead', 'clinician'] as const) {
    it(`invites as ${role} and prints the reference`, async () => {
      const email = newEmail();
      const { code, lines } = await run('--email', email, '--role', role, '--team', 'demo');
      assert.equal(code, 0);
      const o = await world.store.onboardings.find(lines[0] ?? '');
      assert.deepEqual([o?.email, o?.role, o?.teamId, o?.invitedBy.kind], [email, role, 'demo', 'service']);
      assert.equal(o?.untoldSince, undefined, 'the workflow was told');
    });
  }

  it('makes a team that is named, and refuses one that is not there', async () => {
    const args = ['--email', newEmail(), '--role', 'support', '--team', 'new-team'];
    await assert.rejects(run(...args), /There is no team new-team/);
    await run(...args, '--team-name', 'New team', '--time-zone', 'America/New_York');
    const team = await world.store.teams.find('new-team');
    assert.deepEqual([team?.name, team?.timeZone], ['New team', 'America/New_York']);
    await assert.rejects(run(...args, '--time-zone', 'Nowhere/Land'), /IANA zone/);
  });

  it('says so where the address came in before, and never changes a role', async () => {
    const email = newEmail();
    const first = await run('--email', email, '--role', 'support', '--team', 'demo');
    const again = await run('--email', email, '--role', 'support', '--team', 'demo');
    assert.deepEqual([again.code, again.lines[0]], [0, first.lines[0]]);
    const other = await run('--email', email, '--role', 'clinician', '--team', 'demo');
    assert.equal(other.code, 1);
    assert.equal((await world.store.onboardings.findByEmail(email))?.role, 'support');
  });

  it('refuses wrong arguments', async () => {
    await assert.rejects(run('--role', 'support', '--team', 'demo'), /--email is missing/);
    await assert.rejects(run('--email', newEmail(), '--role', 'king', '--team', 'demo'), /--role must be/);
    await assert.rejects(
      run('--email', newEmail(), '--role', 'support', '--team', 'demo', '--sudo'),
      TypeError,
    );
    const args = ['--email', newEmail(), '--role', 'support', '--team', 'demo'];
    await assert.rejects(run(...args, '--inviter-name', 'evil.example'), /--inviter-name.*web address/);
    await assert.rejects(
      run(...args, '--first-name', 'www.evil.example'),
      (error) => error instanceof DomainError && error.code === 'name-has-link',
    );
    await assert.rejects(
      run('--email', 'nobody', '--role', 'support', '--team', 'demo'),
      (error) => error instanceof DomainError && error.code === 'email-invalid',
    );
  });

  it('is the only way to another role than clinician', async () => {
    for (const role of ['support', 'team-lead']) {
      assert.equal((await invite(world, { email: newEmail(), role })).status, 400, role);
    }
  });
});
