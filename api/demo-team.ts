import type { Store } from '../store/open.js';
import { later } from '../store/steps.js';

const YEAR = 365 * 24 * 3_600_000;

/** Local use only: a team and its lead's API key, so that the first invitation needs no set-up. */
export async function ensureDemoTeam(store: Store, key: string, at: Date): Promise<void> {
  const teamId = 'demo';
  await store.teams.ensure({ _id: teamId, name: 'Cardiology, Demo Hospital', timeZone: 'Europe/London' });
  await store.apiKeys.ensure({
    _id: 'demo',
    key,
    teamId,
    ownerName: 'Dr Alex Morgan',
    ownerEmail: 'alex.morgan@example.org',
    createdAt: at,
    expiresAt: later(at, YEAR),
  });
}
