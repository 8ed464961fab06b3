import { Router } from 'express';
import { DomainError } from '../errors.js';
import type { Settings } from '../services.js';
import { DOCS_STYLE, docsPage } from './docs-page.js';
import { openApi } from './openapi.js';

/** What the API is, for machines and for people; both need no key and tell nothing of anybody. */
export function apiDescription(settings: Settings): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const document = openApi(settings);
  const page = docsPage(document, settings);
  router.get('/openapi.json', (_req, res) => {
    res.json(document);
  });
  router.get('/docs', (_req, res) => {
    res.type('html').send(page);
  });
  router.get('/docs.css', (_req, res) => {
    res.type('css').send(DOCS_STYLE);
  });
  router.all(['/openapi.json', '/docs', '/docs.css'], () => {
    throw new DomainError('method-not-allowed', { allow: 'GET, HEAD' });
  });
  return router;
}
