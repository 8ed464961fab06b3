import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT, read } from '../docs/documents.js';

const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      strategy: z.object({ matrix: z.record(z.string(), z.array(z.string())) }).optional(),
      steps: z.array(step),
    }),
  ),
});

describe('deploy/github-workflow.yaml', () => {
  const parsed = async () => workflow.parse(parse(await read('deploy/github-workflow.yaml')));

  it('says that it has not run, where it is read first and where the README says what is not verified', async () => {
    assert.match(await read('deploy/github-workflow.yaml'), /^# UNVERIFIED/);
    assert.match(await read('README.md'), /^Not verified here:[^.]*GitHub workflow/m);
  });

  it('tests on Linux and macOS with a real mongod, and the composed service in a browser', async () => {
    const { permissions, jobs } = await parsed();
    assert.deepEqual(permissions, { contents: 'read' });
    const systems = jobs['tests']?.strategy?.matrix['os'] ?? [];
    assert.deepEqual(
      systems.map((name) => name.split('-')[0]),
      ['ubuntu', 'macos'],
    );
    const commands = (name: string) => (jobs[name]?.steps ?? []).map(({ run = '' }) => run).join('\n');
    assert.match(commands('tests'), /source === 'package'/);
    assert.match(commands('compose'), /guide-in-a-browser/);
    assert.ok(jobs['compose']?.steps.some(({ env }) => env?.['COMPOSED'] === '1'));
  });

  it('names actions with their version, and only scripts and files that are there', async () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await read('package.json')));
    let named = 0;
    for (const { steps } of Object.values((await parsed()).jobs)) {
      for (const { uses, run = '' } of steps) {
        if (uses) assert.match(uses, /^actions\/[a-z-]+@v\d+$/);
        for (const [, script = ''] of run.matchAll(/npm run ([a-z:]+)/g)) {
          named++;
          assert.ok(script in scripts, script);
        }
        for (const [, file = ''] of run.matchAll(/dist\/([\w/.-]+)\.js/g)) {
          named++;
          assert.ok(existsSync(join(ROOT, `${file}.ts`)), file);
        }
      }
    }
    assert.ok(named >= 7);
  });
});
