import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../docs/documents.js';

const run = promisify(execFile);
const KEPT = 'api/assets/pictures';
/** What a PNG begins with (PNG specification §5.2). */
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

describe('npm run demo', function () {
  this.timeout(400_000);

  it('walks to its end, tells each step, and takes the pictures that README and help use', async () => {
    const pictures = await mkdtemp(join(tmpdir(), 'onboarding-demo-'));
    try {
      const { stdout } = await run(
        process.execPath,
        ['--enable-source-maps', 'dist/dev/demo/main.js', '--pictures', pictures],
        { cwd: ROOT },
      );
      const told = [
        'has the mail "Dr Alex Morgan invites you to join Cardiology, Demo Hospital on Huma"',
        'in the dashboard',
        'kill -9 api worker temporal mongodb',
        'still in the dashboard',
        'mail: "Your Huma account is blocked"',
        'support opens a new window, with a reason',
        'in the dashboard',
        'he asks for another; the inviter has the mail',
        'doctor: Nothing found.',
      ];
      let from = 0;
      for (const line of told) {
        const found = stdout.indexOf(line, from);
        assert.notEqual(found, -1, `"${line}" in what follows: ${stdout.slice(from)}`);
        from = found + line.length;
      }
      const taken = await readdir(pictures);
      assert.deepEqual(taken.sort(), (await readdir(join(ROOT, KEPT))).sort());
      for (const name of taken) {
        const head = (await readFile(join(pictures, name))).subarray(0, PNG.length);
        assert.deepEqual(head, PNG, name);
      }
    } finally {
      await rm(pictures, { recursive: true, force: true });
    }
  });
});
