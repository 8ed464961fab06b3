import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import mjml2html from 'mjml';
import nunjucks from 'nunjucks';
import type { MailKind } from './models.js';

const FOLDER = new URL('../../emails/templates/', import.meta.url);

/** Escapes everything that is put out. */
const html = new nunjucks.Environment(null, { autoescape: true, throwOnUndefined: true });
/** Escapes nothing: plain text. */
const text = new nunjucks.Environment(new nunjucks.FileSystemLoader(fileURLToPath(FOLDER)), {
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});

const compiled = new Map<MailKind, Promise<nunjucks.Template>>();

/**
 * MJML is compiled with its placeholders still in it, once a kind; values are filled into the finished HTML. So nothing that a
 * person typed is ever parsed as MJML, and a mail costs no MJML run.
 */
async function compile(kind: MailKind): Promise<nunjucks.Template> {
  const layout = readFileSync(new URL('layout.mjml', FOLDER), 'utf8');
  const letter = readFileSync(new URL(`${kind}.mjml`, FOLDER), 'utf8');
  const { html: page } = await mjml2html(
    layout.replace('<!-- letter -->', () => letter),
    {
      validationLevel: 'strict',
      ignoreIncludes: true,
      keepComments: false,
      // MJML links a web font for each name it knows (Roboto among them): none, nothing remote.
      fonts: {},
    },
  );
  return new nunjucks.Template(page, html, `${kind}.mjml`, true);
}

export async function renderHtml(kind: MailKind, values: object): Promise<string> {
  const template = compiled.get(kind) ?? compile(kind);
  compiled.set(kind, template);
  return (await template).render(values);
}

export function renderText(kind: MailKind, values: object): string {
  return `${text
    .render(`${kind}.txt`, values)
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
