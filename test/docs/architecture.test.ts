import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { ROOT, read } from './documents.js';
import { actionTable, stageDiagram } from './stages.js';

const PATH = 'docs/architecture.md';
const SECTIONS = { stages: stageDiagram, actions: actionTable };

/** `UPDATE_DOCS=1` writes the sections anew; the test then says what is in force. */
describe('docs/architecture.md', () => {
  for (const [name, make] of Object.entries(SECTIONS)) {
    it(`has the ${name} that store/actions.ts has`, async () => {
      const begin = `<!-- ${name}: made from store/actions.ts -->\n`;
      const end = `\n<!-- ${name}: end -->`;
      const text = await read(PATH);
      const [from, to] = [text.indexOf(begin), text.indexOf(end)];
      assert.ok(from >= 0 && to > from, `${PATH} has the marks of its ${name}`);
      const made = text.slice(0, from) + begin + make() + text.slice(to);
      if (process.env['UPDATE_DOCS']) await writeFile(ROOT + PATH, made);
      else assert.equal(text, made, `stale: run the test again with UPDATE_DOCS=1`);
    });
  }
});
