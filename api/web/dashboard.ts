import { type Response, Router } from 'express';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import { sha256 } from '../../store/secrets.js';
import { acknowledgeDisclaimer, recoveryCodesLeft } from '../../store/steps.js';
import { asDomainError } from '../errors.js';
import type { Inviter } from '../inviting.js';
import type { Services } from '../services.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { hasAcknowledged, onceAcknowledged, only, personOf } from './guard.js';
import { nameOf, type Show } from './page.js';

const INVITATIONS_SHOWN = 50;

/** What opens at the end: the dashboard behind its one-time disclaimer, and inviting a colleague. */
export function dashboardPages(services: Services, show: Show, invite: Inviter, flash: Flash): Router {
  const { store, settings, legalTexts } = services;
  const { disclaimer } = legalTexts;
  const router = Router();
  const here = only('/dashboard');
  const acknowledged = onceAcknowledged(services);

  router.get('/dashboard', here, async (_req, res) => {
    const { onboarding, at } = personOf(res);
    await page(res, onboarding, at);
  });

  router.post('/disclaimer', here, async (req, res) => {
    const { accepted, version } = readForm(req, ['accepted', 'version']);
    const { onboarding, at } = personOf(res);
    if (accepted !== 'yes') {
      return page(res, onboarding, at, { field: 'accepted', code: 'disclaimer-not-accepted' });
    }
    // What was on the page is what was agreed to: another version is shown again.
    if (version !== disclaimer.version) return res.redirect(303, '/dashboard');
    const digest = sha256(disclaimer.paragraphs.join('\n'));
    await store.onboardings.take(
      onboarding._id,
      acknowledgeDisclaimer({ version: disclaimer.version, digest, at }),
    );
    res.redirect(303, '/dashboard');
  });

  router.get('/invite-colleague', here, acknowledged, async (_req, res) => {
    await invitePage(res, { email: '', firstName: '', lastName: '', message: '' });
  });

  router.post('/invite-colleague', here, acknowledged, async (req, res) => {
    const form = readForm(req, ['email', 'firstName', 'lastName', 'message']);
    const { onboarding, at } = personOf(res);
    try {
      const { onboarding: invited } = await invite({
        caller: {
          kind: onboarding.role === 'team-lead' ? 'team-lead' : 'clinician',
          id: onboarding._id,
          name: nameOf(onboarding),
          teamId: onboarding.teamId,
        },
        request: { ...form, role: 'clinician', locale: onboarding.locale },
        at,
      });
      res.redirect(303, onboarding.role === 'team-lead' ? `/team/${invited._id}` : '/dashboard');
    } catch (error) {
      const refusal = asDomainError(error);
      if (!refusal || refusal.status >= 500) throw error;
      const refused = refusal.code === 'too-many-requests' ? 'invited-enough' : refusal.code;
      const code = form.email.trim() === '' ? 'email-missing' : refused;
      const field = refusal.more.field ?? 'email';
      return invitePage(res, form, { field, code });
    }
  });

  async function page(
    res: Response,
    onboarding: Onboarding,
    at: Date,
    error?: { field: string; code: string },
  ): Promise<void> {
    const pending = isPending(onboarding);
    const [team, invitations] = pending
      ? [null, []]
      : await Promise.all([
          store.teams.find(onboarding.teamId),
          store.onboardings.invitedBy(onboarding._id, INVITATIONS_SHOWN),
        ]);
    const usedCode = !pending && flash.take(res.req, res) === 'recovery-code-used';
    await show(
      res,
      'dashboard',
      {
        teams: team ? [{ name: team.name }] : [],
        invitations: invitations.map((invited) => ({
          name: nameOf(invited),
          email: invited.email,
          stage: effectiveStage(invited, at),
          at: invited.stageSince,
          ...(invited.stage === 'invited' && { inviteBy: invited.inviteBy }),
        })),
        portalUrl: settings.portalUrl,
        ...(onboarding.role === 'support' && { supportConsole: true as const }),
        ...(onboarding.role === 'team-lead' && { teamPages: true as const }),
        ...(pending && { disclaimer }),
        ...(usedCode && { recoveryCodesLeft: recoveryCodesLeft(onboarding) }),
      },
      { errors: error ? [error] : [] },
    );
  }

  async function invitePage(
    res: Response,
    values: { email: string; firstName: string; lastName: string; message: string },
    error?: { field: string; code: string },
  ): Promise<void> {
    const team = await store.teams.find(personOf(res).onboarding.teamId);
    await show(
      res,
      'invite-colleague',
      { values, teamName: team?.name ?? '' },
      { errors: error ? [error] : [] },
    );
  }

  const isPending = (onboarding: Onboarding) => !hasAcknowledged(onboarding, disclaimer);

  return router;
}
