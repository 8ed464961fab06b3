import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Adds a history to those that are kept. Never writes over one: what an old one proves, that the present code fits what an older
 * one did, a new one cannot.
 * @param beside another one is added where there is one of that name, as NAME-2; else what is there is left
 * @returns its name, or undefined where one was left
 */
export async function keep({
  folder,
  name,
  text,
  beside,
}: {
  folder: string;
  name: string;
  text: string;
  beside: boolean;
}): Promise<string | undefined> {
  for (let nth = 1; ; nth++) {
    const free = nth === 1 ? name : `${name}-${nth}`;
    try {
      await writeFile(join(folder, `${free}.json`), text, { flag: 'wx' });
      return free;
    } catch (error) {
      if (!isThere(error)) throw error;
      if (!beside) return undefined;
    }
  }
}

const isThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';
