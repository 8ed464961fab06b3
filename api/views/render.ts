import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import type { Span } from '../../store/policy.js';
import { errorText, problemOf } from './errors.js';
import { instantsIn, spanIn } from './instants.js';
import { markOf } from './mark.js';
import { escapeHtml, type Markup, markup } from './markup.js';
import type { FieldError, PageContext, PageModels, PageName } from './models.js';
import { qrMarkup } from './qr.js';
import { type Catalogue, createWords, loadCatalogues } from './words.js';

export type Render = <Name extends PageName>(
  page: Name,
  model: PageModels[Name],
  context: PageContext,
) => string;

const views = fileURLToPath(new URL('../../../api/views/', import.meta.url));
const components = path.join(
  path.dirname(createRequire(import.meta.url).resolve('govuk-frontend/package.json')),
  'dist',
);

/**
 * Makes `render(page, model, context)`, which answers a whole HTML document; throws where a template names words or a value that do not exist.
 * `assetPath` is where the files of `dist/api/assets` are served, without a slash at the end.
 */
export function createRenderer({
  assetPath = '/assets',
  catalogues = loadCatalogues(),
}: {
  assetPath?: string;
  catalogues?: Record<string, Catalogue>;
} = {}): Render {
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([views, components]), {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  const wordsFor = createWords(catalogues);

  return (page, model, context) => {
    const words = wordsFor(context.locale);
    const shared = {
      brand: context.brandName,
      supportEmail: context.supportEmail,
      window: spanIn(words, context.verifyWindow),
    };
    const linked = { ...shared, supportEmail: mailLink(context.supportEmail) };
    const textOf = (error: FieldError) => errorText({ words, error: withBrand(error, shared) });

    return environment.render(`pages/${page}.njk`, {
      assetPath,
      page,
      model,
      context,
      lang: words.lang,
      dir: words.dir,
      has: words.has,
      t: (key: string, values = {}) => words.t(key, { ...shared, ...values }),
      rich: (key: string, values = {}) => words.rich(key, { ...linked, ...values }),
      span: (span: Span) => spanIn(words, span),
      ...instantsIn({ words, timeZone: context.timeZone }),
      errorList: context.errors.map((error) => ({
        text: textOf(error),
        href: error.field === undefined ? false : `#${error.field}`,
      })),
      errorFor: (field: string) => {
        const error = context.errors.find((candidate) => candidate.field === field);
        return error ? { text: textOf(error) } : false;
      },
      markOf,
      qr: qrMarkup,
      problemOf: (failure: PageModels['error']) => problemOf({ words, model: failure }),
      textOf,
    });
  };
}

function mailLink(address: string): Markup {
  const text = escapeHtml(address);
  return markup(`<a class="govuk-link" href="mailto:${text}">${text}</a>`);
}

function withBrand(error: FieldError, shared: Record<string, string>): FieldError {
  return { ...error, values: { ...shared, ...error.values } };
}
