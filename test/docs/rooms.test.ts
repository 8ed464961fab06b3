import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ROOT } from './documents.js';

const ROOMS = [
  'activities',
  'admin',
  'api',
  'bench',
  'config',
  'dev',
  'emails',
  'monitoring',
  'store',
  'test',
  'worker',
  'workflows',
] as const;
type Room = (typeof ROOMS)[number];

/** What docs/architecture.md says a room may import. `bench` and `test` may import all. */
const MAY: Partial<Record<Room, readonly Room[]>> = {
  activities: ['emails', 'store'],
  admin: ['api', 'config', 'store', 'workflows'],
  api: ['config', 'monitoring', 'store', 'workflows'],
  config: ['store'],
  dev: ['workflows'],
  emails: [],
  monitoring: ['store'],
  store: [],
  worker: ['activities', 'config', 'monitoring', 'store', 'workflows'],
  workflows: ['activities'],
};

const report = z.object({ diagnostics: z.array(z.object({ location: z.object({ path: z.string() }) })) });

/** The dependency rule as `npm run check` holds it: files that break it, in a folder with this repository's biome.json. */
describe('the rooms', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onboarding-rooms-'));
    await cp(`${ROOT}biome.json`, join(folder, 'biome.json'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** @param imports by the file's path what it imports. @returns the files that Biome refuses, each beside what it imports */
  async function refused(imports: Record<string, string>): Promise<string[]> {
    for (const [path, from] of Object.entries(imports)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `import '${from}';\n`);
    }
    const { stdout } = spawnSync(
      `${ROOT}node_modules/.bin/biome`,
      ['lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', '--reporter=json', '.'],
      { cwd: folder, encoding: 'utf8' },
    );
    const paths = report.parse(JSON.parse(stdout)).diagnostics.map(({ location }) => location.path);
    return paths.flatMap((path) => (path in imports ? [`${path} ${imports[path]}`] : [])).sort();
  }

  it('import what docs/architecture.md allows, and nothing else', async () => {
    const imports = Object.keys(MAY).flatMap((room) =>
      ROOMS.filter((other) => other !== room).map(
        (other) => [`${room}/${other}.ts`, `../${other}/thing.js`] as const,
      ),
    );
    const wrong = Object.entries(MAY).flatMap(([room, may]) =>
      ROOMS.filter((other) => other !== room && !may.includes(other)).map(
        (other) => `${room}/${other}.ts ../${other}/thing.js`,
      ),
    );
    assert.deepEqual(await refused(Object.fromEntries(imports)), wrong.sort());
  });

  it('leave mongoose to the store', async () => {
    const rooms = ['activities', 'admin', 'api', 'config', 'emails', 'monitoring', 'worker', 'workflows'];
    const imports = rooms.map((room) => [`${room}/query.ts`, 'mongoose'] as const);
    const wrong = imports.map((each) => each.join(' '));
    assert.deepEqual(
      await refused({ ...Object.fromEntries(imports), 'store/query.ts': 'mongoose' }),
      wrong.sort(),
    );
  });

  it('keep everything out of workflow code that no replay could repeat', async () => {
    const wrong = {
      'workflows/time.ts': 'node:fs',
      'workflows/wait.ts': 'node:timers/promises',
      'workflows/ask.ts': '@temporalio/client',
      'workflows/run.ts': '@temporalio/worker',
      'workflows/nudge.ts': './client/gateway.js',
      'workflows/deep/er.ts': 'node:crypto',
    };
    const right = {
      'workflows/wait-well.ts': '@temporalio/workflow',
      'workflows/carry.ts': '@temporalio/common',
      'workflows/tell.ts': './messages.js',
      'workflows/client/ask.ts': '@temporalio/client',
      'workflows/client/read.ts': '../messages.js',
    };
    assert.deepEqual(
      await refused({ ...wrong, ...right }),
      Object.entries(wrong)
        .map((each) => each.join(' '))
        .sort(),
    );
  });
});
