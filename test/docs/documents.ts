import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The repository; compiled tests lie two folders deep under `dist`. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A document by its path from the repository's root. */
export const read = (path: string): Promise<string> => readFile(ROOT + path, 'utf8');

/** Paths of every document, from the repository's root. */
export async function documents(): Promise<string[]> {
  const [top, docs] = await Promise.all([readdir(ROOT), readdir(`${ROOT}docs`, { recursive: true })]);
  return [...top, ...docs.map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md')).sort();
}

/** The rows of the first table after a heading, as cells without the header; backticks stay. */
export function tableAfter(heading: string, text: string): string[][] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (from < 0) throw new Error(`There is no heading "${heading}"`);
  const start = lines.findIndex((line, index) => index > from && line.startsWith('|'));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(start, length < 0 ? undefined : start + length);
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
export const codesIn = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');

/** As the formatter wants tables: columns of one width each. The first row is the header. */
export function table(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [header, rule, ...body]
    .map((row) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`)
    .join('\n');
}

/** Compares a section between two marks with what it is made from; `UPDATE_DOCS=1` writes it anew. */
export async function assertSection({
  path,
  begin,
  end,
  made,
}: {
  path: string;
  begin: string;
  end: string;
  made: string;
}): Promise<void> {
  const text = await read(path);
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  assert.ok(from >= 0 && to > from, `${path} has the marks ${begin}`);
  const whole = `${text.slice(0, from)}${begin}\n${made}\n${text.slice(to)}`;
  if (process.env['UPDATE_DOCS']) await writeFile(ROOT + path, whole);
  else assert.equal(text, whole, 'stale: run the test again with UPDATE_DOCS=1');
}
