import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ROOT, read } from './documents.js';

const PATH = 'THIRD-PARTY-NOTICES.txt';
const HEAD = `Third-party notices

What is installed with the service when it runs, from package-lock.json, with licence and copyright as each package states
them. The whole texts are in the packages themselves, inside the image under node_modules. Programs outside of npm are in
docs/dependencies.md. \`npm sbom --omit=dev --sbom-format=cyclonedx\` gives the list to machines.

`;

/** Licences that ask for no more than notices, by SPDX expression; anything else wants a decision first. */
const ACCEPTED = new Set([
  '(AFL-2.1 OR BSD-3-Clause)',
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);
/** Packages that state their licence in an older way, read by hand. */
const STATED_OTHERWISE: Record<string, string> = {
  'base-64': 'MIT',
  slick: 'MIT',
  unionfs: 'Unlicense',
  'uri-parser': 'MIT',
};

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      os: z.array(z.string()).optional(),
      cpu: z.array(z.string()).optional(),
    }),
  ),
});

interface Shipped {
  path: string;
  name: string;
  version: string;
  licence: string;
}

/** `UPDATE_DOCS=1` writes the file anew. */
describe('THIRD-PARTY-NOTICES.txt', () => {
  it('names every package that is shipped, with its licence and copyright', async () => {
    const rows = await Promise.all((await shipped()).map(row));
    const made = `${HEAD}${[...new Set(rows)].sort().join('\n')}\n`;
    if (process.env['UPDATE_DOCS']) await writeFile(ROOT + PATH, made);
    else assert.equal(await read(PATH), made, 'stale: run the test again with UPDATE_DOCS=1');
  });

  it('has only licences that were accepted', async () => {
    const others = (await shipped()).filter(({ licence }) => !ACCEPTED.has(licence));
    assert.deepEqual(others, []);
  });
});

async function shipped(): Promise<Shipped[]> {
  const { packages } = lockFile.parse(JSON.parse(await read('package-lock.json')));
  return Object.entries(packages).flatMap(([path, { version, license, dev, devOptional, os, cpu }]) => {
    // Builds for one platform are parts of the package that asks for them, and not installed everywhere.
    if (path === '' || dev || devOptional || os || cpu) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [{ path, name, version, licence: STATED_OTHERWISE[name] ?? license ?? 'unknown' }];
  });
}

async function row({ path, name, version, licence }: Shipped): Promise<string> {
  return [`${name} ${version}`, licence, await copyrightOf(path)].filter(Boolean).join('. ');
}

/** The first copyright line of the package's licence file; not the one of the licence's own template. */
async function copyrightOf(path: string): Promise<string> {
  const files = await readdir(ROOT + path);
  const licences = files.filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  for (const file of licences) {
    const text = await readFile(`${ROOT}${path}/${file}`, 'utf8').catch(() => '');
    const line = /^\W*(copyright (?:\(c\)|©|\d{4}).*|©.*)$/im.exec(text)?.[1];
    if (line) return line.replaceAll(/\s+/g, ' ').trim();
  }
  return '';
}
