import type { Request, Response } from 'express';
import type { BrowserSessions } from './visit.js';

/** A redirect is followed at once; what nobody came for by then is old news. */
const LIFETIME = 60_000;

/**
 * What was done, said once on the page that a form leads to. It stands in a cookie and not in the address: a link that
 * somebody else made up cannot have a page claim what never happened.
 */
export function createFlash(browser: Pick<BrowserSessions, 'readCookie' | 'setCookie' | 'clearCookie'>) {
  return {
    /** Leads to a path, where the word is said. */
    redirect(res: Response, path: string, word: string): void {
      browser.setCookie(res, 'flash', `${path} ${word}`, LIFETIME);
      res.redirect(303, path);
    },

    /** The word that was left for this page; the next time there is none. */
    take(req: Request, res: Response): string | undefined {
      const [path, word] = (browser.readCookie(req, 'flash') ?? '').split(' ');
      if (path !== req.path || req.method !== 'GET') return undefined;
      browser.clearCookie(res, 'flash');
      return word;
    },
  };
}

export type Flash = ReturnType<typeof createFlash>;
