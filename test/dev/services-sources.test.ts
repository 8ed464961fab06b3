import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startMongo } from '../../dev/services/mongodb.js';
import { chooseSource, type Source } from '../../dev/services/sources.js';
import { startTemporal } from '../../dev/services/temporal.js';
import { timeSkippingServerPath } from '../../dev/services/time-skipping.js';
import { installOnce } from '../../dev/services/tools.js';
import { newDir, writeProgram } from './services-support.js';

const report = () => {};

describe('where a local service comes from', () => {
  let dir: string;
  beforeEach(() => {
    dir = newDir();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('starts nothing when an address is given', async () => {
    const temporal = await startTemporal({ address: 'temporal.example.org:7233' });
    const mongo = await startMongo({ uri: 'mongodb://db.example.org/onboarding' });

    assert.deepEqual(
      [temporal.address, temporal.source, temporal.pid],
      ['temporal.example.org:7233', 'given', undefined],
    );
    assert.deepEqual(
      [mongo.uri, mongo.source, mongo.pid],
      ['mongodb://db.example.org/onboarding', 'given', undefined],
    );
    await Promise.all([temporal.stop(), temporal.kill(), mongo.stop(), mongo.kill()]);
  });

  it('runs temporal from PATH with its data, door and search attributes', async () => {
    const asked = await argumentsOf('temporal', (env) =>
      startTemporal({ dataDir: dir, port: 24_001, env, report }),
    );

    assert.match(
      asked,
      new RegExp(`^server start-dev --db-filename ${dir}/temporal.db --ip 127.0.0.1 --port 24001 `),
    );
    assert.match(asked, /--headless --search-attribute TeamId=Keyword --search-attribute Stage=Keyword/);
  });

  it('runs mongod from PATH on the loopback interface with its data', async () => {
    const asked = await argumentsOf('mongod', (env) =>
      startMongo({ dataDir: dir, port: 24_002, env, report }),
    );

    assert.match(asked, new RegExp(`^--dbpath ${dir}/mongodb --port 24002 --bind_ip 127.0.0.1 `));
  });

  it('takes the time-skipping server from PATH', async () => {
    const file = writeProgram({ dir, name: 'temporal-test-server', script: 'exit 0' });

    assert.equal(await timeSkippingServerPath({ toolsDir: dir, env: { PATH: dir }, report }), file);
  });

  /** Starts a service with a false program of that name on PATH; its start fails and its log holds what it was asked. */
  async function argumentsOf(program: string, start: (env: NodeJS.ProcessEnv) => Promise<unknown>) {
    const bin = newDir();
    writeProgram({
      dir: bin,
      name: program,
      script: `echo "$@" > ${bin}/asked; echo 'a false program'; exit 3`,
    });
    try {
      await assert.rejects(
        start({ PATH: `${bin}:/usr/bin:/bin` }),
        /did not start: exit code 3\na false program/,
      );
      return readFileSync(join(bin, 'asked'), 'utf8');
    } finally {
      await rm(bin, { recursive: true });
    }
  }
});

describe('the choice of a source', () => {
  let dir: string;
  beforeEach(() => {
    dir = newDir();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const working = (name: Source<string>['name']) => ({ name, locate: async () => name });
  const failing = (name: Source<string>['name']) => ({
    name,
    locate: () => Promise.reject(new Error(`${name} is down`)),
  });
  const choose = (sources: Source<string>[]) =>
    chooseSource({ service: 'thing', dir, sources, advice: 'Install thing.', report });

  it('is the first that works', async () => {
    const choice = await choose([failing('path'), working('vendor'), working('package')]);

    assert.equal(choice.source, 'vendor');
  });

  it('is kept by later starts, though an earlier source works by then', async () => {
    await choose([failing('path'), failing('vendor'), working('package')]);
    const choice = await choose([working('path'), working('vendor'), working('package')]);

    assert.equal(choice.source, 'package');
  });

  it('is never replaced by another program when the kept one has gone', async () => {
    await choose([working('path')]);

    await assert.rejects(choose([failing('path'), working('package')]), /path is down\n.*keeps to it/);
  });

  it('names all that was tried and what to install when every source fails', async () => {
    await assert.rejects(choose([failing('path'), failing('vendor'), failing('package')]), {
      message:
        "thing could not be found. Tried:\n  PATH: path is down\n  the vendor's download: vendor is down\n" +
        '  the registry package: package is down\nInstall thing.',
    });
  });
});

describe('installing a tool', () => {
  let toolsDir: string;
  beforeEach(() => {
    toolsDir = newDir();
  });
  afterEach(() => rm(toolsDir, { recursive: true, force: true }));

  it('leaves one whole copy when several install it at once', async () => {
    let atWork = 0;
    const gate = new EventEmitter();
    const install = async (target: string) => {
      atWork += 1;
      if (atWork < 3) await once(gate, 'all at work');
      else gate.emit('all at work');
      writeProgram({ dir: target, name: 'tool', script: 'exit 0' });
    };
    const dirs = await Promise.all([1, 2, 3].map(() => installOnce({ toolsDir, name: 'tool', install })));

    assert.deepEqual(dirs, Array(3).fill(join(toolsDir, 'tool')));
    assert.ok(existsSync(join(toolsDir, 'tool', 'tool')));
  });

  it('leaves nothing when it fails, and succeeds later', async () => {
    const failure = installOnce({
      toolsDir,
      name: 'tool',
      install: () => Promise.reject(new Error('broken')),
    });
    await assert.rejects(failure, /broken/);
    assert.equal(existsSync(join(toolsDir, 'tool')), false);

    await installOnce({ toolsDir, name: 'tool', install: async () => {} });
    assert.ok(existsSync(join(toolsDir, 'tool')));
  });
});
