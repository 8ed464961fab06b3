import { assertSection } from './documents.js';
import { actionTable, stageDiagram } from './stages.js';

const SECTIONS = { stages: stageDiagram, actions: actionTable };

/** `UPDATE_DOCS=1` writes the sections anew; the test then says what is in force. */
describe('docs/architecture.md', () => {
  for (const [name, make] of Object.entries(SECTIONS)) {
    it(`has the ${name} that store/actions.ts has`, () =>
      assertSection({
        path: 'docs/architecture.md',
        begin: `<!-- ${name}: made from store/actions.ts -->`,
        end: `<!-- ${name}: end -->`,
        made: make(),
      }));
  }
});
