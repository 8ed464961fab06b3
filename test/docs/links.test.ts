import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { documents, ROOT, read } from './documents.js';

/** Of Markdown, and of pictures in HTML. */
const LINK = /\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)"/g;

describe('every link in the documents', () => {
  it('leads to a file that is there, and to a heading in it', async () => {
    const broken: string[] = [];
    for (const path of await documents()) {
      for (const [, link, picture] of withoutCode(await read(path)).matchAll(LINK)) {
        const target = link ?? picture ?? '';
        if (/^(https?|mailto):/.test(target)) continue;
        const [file = '', anchor] = target.split('#');
        const to = file === '' ? path : normalize(join(dirname(path), file));
        if (!(await leadsSomewhere(to, anchor))) broken.push(`${path}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });
});

async function leadsSomewhere(path: string, anchor: string | undefined): Promise<boolean> {
  const exists = await access(ROOT + path).then(
    () => true,
    () => false,
  );
  if (!exists || anchor === undefined) return exists;
  const headings = [...(await read(path)).matchAll(/^#+ (.+)$/gm)].map(([, text]) => slug(text ?? ''));
  return headings.includes(anchor);
}

/** As GitHub makes anchors of headings. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const withoutCode = (text: string): string => text.replaceAll(/```.*?```/gs, '').replaceAll(/`[^`\n]*`/g, '');
