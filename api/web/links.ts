import type { Request, Response } from 'express';
import type { LinkPurpose, Onboarding } from '../../store/facts.js';
import { linkRefusal, type RefusalCode } from '../../store/steps.js';
import { concerns } from '../requests.js';
import type { Services } from '../services.js';
import type { LinkProblem } from '../views/models.js';
import type { BrowserSessions } from './visit.js';
import { visitOf } from './visit.js';
import { visitorOf } from './visitor.js';

/** What a mailed link leads to. */
export type Opened =
  | { linkId: string; onboarding: Onboarding; problem?: undefined }
  | { problem: LinkProblem; onboarding?: Onboarding; linkId?: string };

const CLEAN_URL: Record<LinkPurpose, string> = {
  invitation: '/create-account',
  verification: '/verify',
  'password-reset': '/reset-password',
};

/** Mailed links: the token moves from the URL into a cookie at once, so that no page, log or referrer shows it. */
export function createLinks(
  services: Pick<Services, 'keyring' | 'store' | 'metrics'>,
  browser: BrowserSessions,
) {
  const { keyring, store, metrics } = services;
  return {
    /** Handler of the mailed address. Reads only; a mail scanner may open it as often as it likes. */
    receive: (purpose: LinkPurpose) => (req: Request, res: Response) => {
      metrics.linkVisited({ purpose, visitor: visitorOf(req) });
      browser.setCookie(res, purpose, String(req.params['token']).slice(0, 100));
      res.set('Referrer-Policy', 'no-referrer').redirect(303, CLEAN_URL[purpose]);
    },

    /** The link that this browser opened last, and whether it still counts. */
    async open(req: Request, res: Response, purpose: LinkPurpose): Promise<Opened> {
      const linkId = keyring.openLinkToken(browser.readCookie(req, purpose) ?? '', purpose);
      const onboarding = linkId ? await store.onboardings.findByLink(linkId) : undefined;
      if (!linkId || !onboarding) return { problem: 'unknown' };
      concerns(onboarding._id);
      const visit = visitOf(res);
      // Whoever is signed in here is not who the link was sent to: the wrong account must not eat it.
      if (visit.onboarding && visit.onboarding._id !== onboarding._id) {
        return { problem: 'other-person', onboarding, linkId };
      }
      const refusal = linkRefusal(onboarding, linkId, purpose, visit.at);
      return refusal
        ? { problem: problemOf(refusal.refused, onboarding), onboarding, linkId }
        : { linkId, onboarding };
    },

    forget: (res: Response, purpose: LinkPurpose) => browser.clearCookie(res, purpose),
  };
}

export type Links = ReturnType<typeof createLinks>;

export function problemOf(
  refused: RefusalCode | 'not-found',
  onboarding: Onboarding | undefined,
): LinkProblem {
  if (onboarding?.stage === 'revoked') return 'revoked';
  if (refused === 'link-used') return 'used';
  if (refused === 'link-expired' || onboarding?.stage === 'expired') return 'expired';
  if (refused === 'link-superseded') return 'superseded';
  return 'unknown';
}
