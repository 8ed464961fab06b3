import assert from 'node:assert/strict';
import { z } from 'zod';
import { codesIn, read, tableAfter } from './documents.js';

const names = z.record(z.string(), z.string());
const manifest = z.object({ dependencies: names, devDependencies: names });
const installed = z.object({ license: z.string() });

describe('docs/dependencies.md', () => {
  for (const [heading, kind] of [
    ['At run time', 'dependencies'],
    ['For development', 'devDependencies'],
  ] as const) {
    it(`has one line, with its licence, for each of the ${kind}, and no other`, async () => {
      const declared = Object.keys(manifest.parse(JSON.parse(await read('package.json')))[kind]);
      const rows = tableAfter(heading, await read('docs/dependencies.md'));
      const written = rows.flatMap(([name = '', , licence = '']) =>
        codesIn(name).map((each) => `${each}: ${licence}`),
      );
      const expected = await Promise.all(declared.map(async (name) => `${name}: ${await licenceOf(name)}`));
      assert.deepEqual(written.sort(), expected.sort());
    });
  }
});

const licenceOf = async (name: string): Promise<string> =>
  installed.parse(JSON.parse(await read(`node_modules/${name}/package.json`))).license;
