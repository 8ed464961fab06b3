import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import nunjucks from 'nunjucks';
import { examples } from '../../api/views/examples/index.js';
import { createRenderer } from '../../api/views/render.js';
import { loadCatalogues } from '../../api/views/words.js';
import {
  exampleContext,
  exampleModels,
  hostileModels,
  mailKinds,
  rightToLeftModels,
} from '../../emails/examples.js';
import { renderMail } from '../../emails/index.js';
import { languages as mailLanguages } from '../../emails/words.js';

const ASSETS = fileURLToPath(new URL('../../api/assets', import.meta.url));
/** What the pages themselves promise to live with. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'";
const OWN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'";
const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups";

const MAILS = { example: exampleModels, hostile: hostileModels, 'right-to-left': rightToLeftModels };
type MailSet = keyof typeof MAILS;

const written = loadCatalogues();
// Until somebody has written the words, the layout of a right-to-left language is shown with English ones.
const catalogues = { ar: written['en'] ?? {}, ...written };

/**
 * Shows every page in every state and every mail with example data, as the service renders them.
 * Nothing here works: forms go nowhere.
 */
export function gallery(): Router {
  const render = createRenderer({ catalogues });
  const templates = new nunjucks.Environment(
    new nunjucks.FileSystemLoader(fileURLToPath(new URL('../../../dev/gallery', import.meta.url))),
    { autoescape: true, throwOnUndefined: true },
  );
  const router = express.Router();

  router.get('/', (_req, res) => {
    const pages = [...new Set(examples.map(({ page }) => page))];
    const lists = { pages, examples, pageLanguages: Object.keys(catalogues) };
    const mails = { mailKinds, mailLanguages, mailSets: Object.keys(MAILS) };
    res.set('Content-Security-Policy', OWN_POLICY);
    res.type('html').send(templates.render('page.njk', { ...lists, ...mails }));
  });

  router.use('/assets', express.static(ASSETS, { index: false }));

  router.get('/pages/:language/:number', (req, res, next) => {
    const { language, number } = req.params;
    const example = examples[Number(number)];
    if (!example || !(language in catalogues)) return next();
    const { page, model, context } = example;
    res.set('Content-Security-Policy', PAGE_POLICY);
    res.type('html').send(render(page, model, { ...context, locale: language }));
  });

  // Nothing ever happens to the pages here.
  router.get('/events', (_req, res) => void res.status(204).end());

  router.get('/mails/:language/:set/:kind.:part', async (req, res, next) => {
    const { language, set, kind: name, part } = req.params;
    const kind = mailKinds.find((each) => each === name);
    if (!kind || !(set in MAILS) || !mailLanguages.includes(language)) return next();
    const context = { ...exampleContext, locale: language };
    const mail = await renderMail(kind, MAILS[set as MailSet][kind], context);
    if (part === 'txt') return void res.type('text').send(`${mail.subject}\n\n${mail.text}`);
    res.set('Content-Security-Policy', MAIL_POLICY);
    res.type('html').send(mail.html);
  });

  return router;
}
