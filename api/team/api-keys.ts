import { randomUUID } from 'node:crypto';
import { type Response, Router } from 'express';
import { type ApiKey, newApiKey } from '../../store/api-keys.js';
import { readLine } from '../../store/lines.js';
import { later } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { API_KEY_DAYS, type TeamApiKeys } from '../views/team-models.js';
import { readForm } from '../web/forms.js';
import { personOf } from '../web/guard.js';
import { checkOwnPassword } from '../web/own-password.js';
import { nameOf, type Show } from '../web/page.js';

const DAY = 24 * 3_600_000;
const KEYS_SHOWN = 100;

/** The team's keys for the REST API. A new one is shown once, and asks for the password (ASVS 7.5.3). */
export function apiKeyPages(services: Services, show: Show): Router {
  const { store } = services;
  const router = Router();

  router.get('/team/api-keys', async (_req, res) => {
    await page(res, {});
  });

  router.post('/team/api-keys', async (req, res) => {
    const { label, days, password } = readForm(req, ['label', 'days', 'password']);
    const { onboarding: me, at } = personOf(res);
    const values = { label, days };
    const refuse = (field: string, code: string) => page(res, { values, errors: [{ field, code }] });
    const read = readLine(label);
    if ('refusal' in read || read.line === '') return refuse('label', 'key-label-missing');
    const life = API_KEY_DAYS.find((each) => String(each) === days);
    if (!life) throw new DomainError('bad-request');
    const given = await checkOwnPassword(services, me, password);
    if ('refusal' in given) return refuse('password', given.refusal);

    const key = newApiKey();
    await store.apiKeys.ensure({
      _id: randomUUID(),
      key,
      teamId: me.teamId,
      label: read.line,
      ownerId: me._id,
      ownerName: nameOf(me),
      ownerEmail: me.email,
      createdAt: at,
      expiresAt: later(at, life * DAY),
    });
    await page(res, { made: key });
  });

  router.post('/team/api-keys/:id/revoke', async (req, res) => {
    readForm(req, []);
    const { onboarding: me, at } = personOf(res);
    const key = await store.apiKeys.find(req.params.id);
    if (key?.teamId !== me.teamId) throw new DomainError('not-found');
    await store.apiKeys.revoke(key._id, at);
    res.redirect(303, '/team/api-keys');
  });

  async function page(
    res: Response,
    {
      values = { label: '', days: '90' },
      made,
      errors = [],
    }: { values?: TeamApiKeys['values']; made?: string; errors?: FieldError[] },
  ): Promise<void> {
    const { onboarding: me, at } = personOf(res);
    const keys = await store.apiKeys.ofTeam(me.teamId, KEYS_SHOWN);
    await show(
      res,
      'team-api-keys',
      { keys: keys.map((key) => keyModel(key, at)), values, ...(made !== undefined && { made }) },
      { errors },
    );
  }

  return router;
}

function keyModel(
  { _id, label, ownerName, createdAt, expiresAt, revokedAt, lastUsedAt }: ApiKey,
  at: Date,
): TeamApiKeys['keys'][number] {
  return {
    id: _id,
    ...(label !== undefined && { label }),
    ownerName,
    createdAt,
    ...(lastUsedAt && { lastUsedAt }),
    ...(revokedAt
      ? { state: 'revoked', until: revokedAt }
      : { state: expiresAt > at ? 'works' : 'expired', until: expiresAt }),
  };
}
