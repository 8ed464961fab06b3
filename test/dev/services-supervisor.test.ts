import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type Report, type SuperviseOptions, supervise } from '../../dev/supervisor.js';
import { newDir } from './services-support.js';

describe('a supervised program', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDir();
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const script = (code: string, more: Partial<SuperviseOptions> = {}) =>
    supervise({
      name: 'program',
      command: process.execPath,
      args: ['-e', code],
      env: { ...process.env, GREETING: 'hello' },
      dataDir,
      report: () => {},
      ...more,
    });
  const forever = 'setInterval(() => {}, 1000);';

  it('is killed with its own children when the process that started it is killed', async () => {
    const module = new URL('../../dev/supervisor.js', import.meta.url).href;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentOf({ module, dataDir })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids = String(line).split(' ').map(Number);
    assert.deepEqual(pids.map(isAlive), [true, true]);

    parent.kill('SIGKILL');

    await until(() => pids.every((pid) => !isAlive(pid)));
  });

  it('writes both outputs to its log, with its environment and folder', async () => {
    const program = await script(
      `console.log(process.env.GREETING); console.error(process.cwd()); ${forever}`,
      {
        cwd: dataDir,
        ready: async () => assert.match(readFileSync(`${dataDir}/logs/program.log`, 'utf8'), /hello\n.+\n/),
      },
    );
    await program.stop();

    assert.equal(program.logFile, `${dataDir}/logs/program.log`);
    assert.equal(readFileSync(program.logFile, 'utf8'), `hello\n${dataDir}\n`);
  });

  it('is waited for until its URL answers with success', async () => {
    let requests = 0;
    const door = createServer((_request, response) => {
      requests += 1;
      response.writeHead(requests < 3 ? 503 : 200).end();
    });
    await once(door.listen(0, '127.0.0.1'), 'listening');
    const address = door.address();
    assert.ok(address && typeof address === 'object');
    const program = await script(forever, { ready: `http://127.0.0.1:${address.port}/` });
    await program.stop();
    door.close();
    door.closeAllConnections();

    assert.equal(requests, 3);
  });

  it('that ends before it is ready is reported with the end of its log', async () => {
    const ready = () => Promise.reject(new Error('not yet'));

    await assert.rejects(script('console.error("no such table"); process.exit(4)', { ready }), {
      message: 'program did not start: exit code 4\nno such table',
    });
  });

  it('that is not ready in time is killed', async () => {
    let pid = 0;
    const ready = async () => {
      pid = Number(readFileSync(`${dataDir}/logs/program.log`, 'utf8'));
      throw new Error('not yet');
    };

    await assert.rejects(
      script(`console.log(process.pid); ${forever}`, { ready, readyTimeout: 800 }),
      /not yet/,
    );
    assert.ok(pid > 0);
    assert.equal(isAlive(pid), false);
  });

  it('that cannot be run is reported', async () => {
    await assert.rejects(
      script('', { command: '/nowhere/program', ready: () => Promise.reject(new Error('not yet')) }),
      /program did not start: exit code 127/,
    );
    await assert.rejects(
      script('', { cwd: '/nowhere', ready: () => Promise.reject(new Error('not yet')) }),
      /it could not be run/,
    );
  });

  it('is started again, after growing pauses, when it dies unasked', async () => {
    const lines: string[] = [];
    const report: Report = (line) => lines.push(line);
    const program = await script(forever, { restart: true, report });
    const pids = [program.pid];
    for (const deaths of [1, 2]) {
      process.kill(Number(program.pid), 'SIGKILL');
      await until(() => lines.length === deaths && program.pid !== undefined);
      pids.push(program.pid);
    }
    await program.stop();

    assert.equal(new Set(pids).size, 3);
    assert.match(
      String(lines[0]),
      /^program ended unexpectedly \(killed by SIGKILL\); starting it again in 0.25 s/,
    );
    assert.match(String(lines[1]), /again in 0.5 s/);
  });

  it('stays down once stopped or killed', async () => {
    for (const end of ['stop', 'kill'] as const) {
      const lines: string[] = [];
      const program = await script(forever, { restart: true, report: (line) => lines.push(line) });
      const pid = Number(program.pid);
      await program[end]();

      assert.deepEqual([program.pid, isAlive(pid), lines], [undefined, false, []]);
    }
  });

  it('may end by itself on SIGTERM', async () => {
    const program = await script(
      `process.on('SIGTERM', () => { console.log('goodbye'); process.exit(); }); console.log('up'); ${forever}`,
      { ready: async () => assert.match(readFileSync(`${dataDir}/logs/program.log`, 'utf8'), /up/) },
    );
    await program.stop();

    assert.match(readFileSync(program.logFile, 'utf8'), /goodbye/);
  });
});

/** A script that supervises a shell with a child of its own, and prints both pids once they run. */
function parentOf({ module, dataDir }: { module: string; dataDir: string }) {
  return `
    import { readFileSync } from 'node:fs';
    import { supervise } from ${JSON.stringify(module)};
    const log = ${JSON.stringify(`${dataDir}/logs/shell.log`)};
    const pids = () => readFileSync(log, 'utf8').trim();
    const ready = async () => { if (pids().split(' ').length < 2) throw new Error('not yet'); };
    const args = ['-c', 'sleep 600 & echo $$ $!; wait'];
    await supervise({ name: 'shell', command: '/bin/sh', args, env: process.env, dataDir: ${JSON.stringify(dataDir)}, ready, report() {} });
    console.log(pids());`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A killed process whose parent has gone may linger as a zombie where nothing reaps it.
  const file = `/proc/${pid}/stat`;
  return !(existsSync(file) && /\) Z /.test(readFileSync(file, 'utf8')));
}

/** Deaths of processes that are not our children announce themselves nowhere: they can only be looked for. */
async function until(condition: () => boolean) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s');
    await delay(20);
  }
}
