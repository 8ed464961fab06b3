import { Router } from 'express';
import { SAMPLE_BRAND } from '../../config/read.js';
import { inWholeUnits } from '../../store/policy.js';
import type { Services } from '../services.js';
import { only, personOf } from './guard.js';
import type { Show } from './page.js';

/** Pages that only say something. */
export function plainPages({ settings, legalTexts, policy }: Services, show: Show): Router {
  const router = Router();
  router.get('/', (_req, res) => show(res, 'home', {}));
  router.get('/help', (_req, res) =>
    show(res, 'help', {
      portalUrl: settings.portalUrl,
      pictures: settings.brandName === SAMPLE_BRAND,
    }),
  );
  router.get('/terms', (_req, res) => show(res, 'terms', legalTexts.terms));
  router.get('/privacy', (_req, res) => show(res, 'privacy', legalTexts.privacy));
  router.get('/cookies', (_req, res) =>
    show(res, 'cookies', {
      sessionIdle: inWholeUnits(policy.sessionIdle),
      sessionAbsolute: inWholeUnits(policy.sessionAbsolute),
    }),
  );
  router.get('/accessibility', (_req, res) => show(res, 'accessibility', {}));
  router.get('/blocked', only('/blocked'), (_req, res) =>
    show(res, 'blocked', { email: personOf(res).onboarding.email }),
  );
  return router;
}
