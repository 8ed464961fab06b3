import { Router } from 'express';
import { lastDigits } from '../../store/addresses.js';
import type { Services } from '../services.js';
import { onceAcknowledged, only, personOf } from './guard.js';
import { nameOf, type Show } from './page.js';

/** One's own data. */
export function accountPages(services: Services, show: Show): Router {
  const { store } = services;
  const router = Router();
  router.use('/account', only('/dashboard'), onceAcknowledged(services));

  router.get('/account', async (_req, res) => {
    const { onboarding } = personOf(res);
    const team = await store.teams.find(onboarding.teamId);
    await show(res, 'account', {
      name: nameOf(onboarding),
      email: onboarding.email,
      lastDigits: lastDigits(onboarding.phone ?? ''),
      teamName: team?.name ?? '',
    });
  });

  return router;
}
