import { Router } from 'express';
import type { Services } from './services.js';

/** Deadlines are only as exact as the clocks agree. */
const MOST_SKEW = 2_000;

/** `/healthz`: the process answers. `/readyz`: it can do its work, or which part is down. */
export function healthDoors({
  store,
  gateway,
  clock,
}: Pick<Services, 'store' | 'gateway' | 'clock'>): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const [database, temporal, skew] = await Promise.all([
      answers(store.ping()),
      answers(gateway.ping()),
      store.clockSkew(clock()).catch(() => undefined),
    ]);
    const clockOk = skew === undefined || Math.abs(skew) <= MOST_SKEW;
    const parts = { database, temporal, clock: clockOk };
    res.status(Object.values(parts).every(Boolean) ? 200 : 503).json(parts);
  });
  return router;
}

const answers = (question: Promise<unknown>): Promise<boolean> =>
  question.then(
    () => true,
    () => false,
  );
