import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import nunjucks from 'nunjucks';
import type { ReceivedMail, ReceivedText } from './messages.js';
import { type Switches, switchChange } from './switches.js';

const SHOWN = 50;
/** No script, no request but for pictures; links open in a tab of their own, outside of the sandbox. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; sandbox allow-popups allow-popups-to-escape-sandbox";
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'";

/** The page that shows mails and texts side by side, and the same as JSON; and the switches. */
export function inboxWeb({
  mails,
  texts,
  switches,
}: {
  mails: readonly ReceivedMail[];
  texts: readonly ReceivedText[];
  switches: Switches;
}): Router {
  const templates = new nunjucks.Environment(
    new nunjucks.FileSystemLoader(fileURLToPath(new URL('../../../dev/inbox', import.meta.url))),
    { autoescape: true, throwOnUndefined: true },
  );
  const router = express.Router();

  router.get('/', (req, res) => {
    const model = {
      mails: mails.slice(-SHOWN).reverse(),
      texts: texts.slice(-SHOWN).reverse(),
      counts: { mails: mails.length, texts: texts.length },
      switches: switches.current(),
      paused: req.query['paused'] !== undefined,
    };
    res.set({ 'Content-Security-Policy': PAGE_POLICY, 'Cache-Control': 'no-store' });
    res.type('html').send(templates.render('page.njk', model));
  });

  router.get('/mails/:name', (req, res, next) => {
    const mail = mails.find(({ id }) => `${id}.html` === req.params.name);
    if (mail === undefined) return next();
    res.set({ 'Content-Security-Policy': MAIL_POLICY, 'Referrer-Policy': 'no-referrer' });
    res.type('html').send(withLinksInNewTabs(mail.html));
  });

  router.get('/api/mails', (req, res) => {
    const to = req.query['to'];
    res.json(mails.filter((mail) => fits(to, mail.to.split(', '))));
  });
  router.get('/api/texts', (req, res) => {
    const to = req.query['to'];
    res.json(texts.filter((text) => fits(to, [text.to, `+${text.to}`])));
  });

  router.get('/api/switches', (_req, res) => {
    res.json(switches.current());
  });
  router.put('/api/switches', express.json(), (req, res) => {
    const change = switchChange.safeParse(req.body);
    if (!change.success) return void res.status(400).json({ error: change.error.message });
    switches.set(change.data);
    res.json(switches.current());
  });
  return router;
}

function fits(wanted: unknown, values: string[]): boolean {
  if (wanted === undefined) return true;
  // In a query a plus is a space, and nobody types %2B.
  const plain = String(wanted).trim().toLowerCase();
  return values.some((value) => value.toLowerCase() === plain);
}

function withLinksInNewTabs(html: string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, `$&${base}`) : `${base}${html}`;
}
