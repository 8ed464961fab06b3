import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe holds against the page in front, WCAG 2.2 AA and best practice; evaluated past the page's own CSP.
 * `load` brings axe into the page some other way: from a URL it costs a quarter, because the browser keeps what it compiled.
 */
export async function axeViolations(
  page: Page,
  load = (): Promise<unknown> => page.evaluate(axeSource),
): Promise<string[]> {
  await load();
  // Nothing to preload: of these rules none reads style sheets or media itself.
  const violations: AxeResults['violations'] = await page.evaluate(
    "axe.run({ preload: false, resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => violations)",
  );
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${page.url()} ${id}: ${node.html}`));
}
