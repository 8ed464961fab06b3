import { readdir, readFile } from 'node:fs/promises';
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
