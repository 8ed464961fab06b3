import { type Response, Router } from 'express';
import type { Onboarding } from '../../store/facts.js';
import { readName } from '../../store/lines.js';
import { newSecretId, sha256 } from '../../store/secrets.js';
import { askForNewLink, createAccount } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError, LinkProblem } from '../views/models.js';
import type { Flash } from './flash.js';
import { readForm } from './forms.js';
import { type Links, problemOf } from './links.js';
import type { Show } from './page.js';
import { type BrowserSessions, placeOf, visitOf } from './visit.js';

/** The invitation's page: account information, a password, the terms. */
export function createAccountPages(
  services: Services,
  show: Show,
  browser: BrowserSessions,
  links: Links,
  flash: Flash,
): Router {
  const { store, passwords, policy, legalTexts, tell } = services;
  const router = Router();

  router.get('/invite/:token', links.receive('invitation'));

  router.get('/create-account', async (req, res) => {
    const opened = await links.open(req, res, 'invitation');
    if (opened.problem) return answerProblem(res, opened);
    const { onboarding, linkId } = opened;
    const { firstName = '', lastName = '' } = onboarding;
    await page(res, onboarding, linkId, { firstName, lastName, accepted: false });
  });

  router.post('/create-account', async (req, res) => {
    const form = readForm(req, ['firstName', 'lastName', 'password', 'accepted', 'linkId']);
    const opened = await links.open(req, res, 'invitation');
    if (opened.problem) return answerProblem(res, opened);
    const { onboarding, linkId } = opened;
    // Two invitations opened in one browser: the form answers the one that it shows, or none.
    if (form.linkId !== linkId) throw new DomainError('form-for-other-invitation');

    const { errors, firstName, lastName } = check(form, onboarding);
    if (errors.length > 0) {
      const values = {
        firstName: form.firstName,
        lastName: form.lastName,
        accepted: form.accepted === 'yes',
      };
      return page(res, onboarding, linkId, values, errors);
    }
    const { terms } = legalTexts;
    const outcome = await store.onboardings.take(
      onboarding._id,
      createAccount(
        {
          linkId,
          passwordHash: await passwords.hash(form.password),
          firstName,
          lastName,
          terms: { version: terms.version, digest: sha256(terms.paragraphs.join('\n')) },
          newLinkId: newSecretId(),
          at: visitOf(res).at,
        },
        policy,
      ),
    );
    if (!outcome.done)
      return answerProblem(res, { problem: problemOf(outcome.refused, outcome.onboarding), ...outcome });
    await tell(outcome.onboarding);
    links.forget(res, 'invitation');
    await browser.open(res, outcome.onboarding, 'password');
    res.redirect(303, '/check-email');
  });

  async function page(
    res: Response,
    onboarding: Onboarding,
    linkId: string,
    values: { firstName: string; lastName: string; accepted: boolean },
    errors: FieldError[] = [],
  ): Promise<void> {
    const team = await store.teams.find(onboarding.teamId);
    await show(
      res,
      'create-account',
      {
        email: onboarding.email,
        inviterName: onboarding.invitedBy.name,
        teamName: team?.name ?? '',
        linkId,
        values,
      },
      { errors },
    );
  }

  router.post('/invite/ask-again', async (req, res) => {
    const form = readForm(req, ['linkId']);
    const opened = await links.open(req, res, 'invitation');
    if (!opened.problem || !opened.onboarding || form.linkId !== opened.linkId)
      return res.redirect(303, '/create-account');
    const outcome = await store.onboardings.take(
      opened.onboarding._id,
      askForNewLink({ at: visitOf(res).at }, policy),
    );
    if (!outcome.done) return answerProblem(res, opened);
    await tell(outcome.onboarding);
    flash.redirect(res, '/create-account', 'asked');
  });

  /** No link is a dead end: who has an account here goes on, everyone else learns what to do. */
  async function answerProblem(
    res: Response,
    { problem, onboarding, linkId }: { problem: LinkProblem; onboarding?: Onboarding; linkId?: string },
  ): Promise<void> {
    const visit = visitOf(res);
    if (onboarding && visit.onboarding?._id === onboarding._id) return res.redirect(303, placeOf(visit));
    const askAgain = linkId !== undefined && (problem === 'expired' || problem === 'revoked');
    await show(
      res,
      'link-problem',
      {
        problem,
        purpose: 'invitation',
        signInUseful: problem === 'used',
        askAgain,
        ...(linkId && { linkId }),
        ...(askAgain && flash.take(res.req, res) === 'asked' && { asked: true }),
      },
      { status: problem === 'unknown' ? 404 : 410 },
    );
  }

  function check(
    form: Record<'firstName' | 'lastName' | 'password' | 'accepted', string>,
    { email }: Onboarding,
  ) {
    const errors: FieldError[] = [];
    const first = readName(form.firstName);
    const last = readName(form.lastName);
    for (const [field, code, read] of [
      ['firstName', 'first-name-missing', first],
      ['lastName', 'last-name-missing', last],
    ] as const) {
      if ('refusal' in read) errors.push({ field, code: `name-${read.refusal}` });
      else if (!/[\p{L}\p{N}]/u.test(read.line)) errors.push({ field, code });
    }
    const refusal = passwords.refusalOf(form.password, [form.firstName, form.lastName, email]);
    if (refusal) errors.push({ field: 'password', code: refusal });
    if (form.accepted !== 'yes') errors.push({ field: 'accepted', code: 'terms-not-accepted' });
    return {
      errors,
      firstName: 'line' in first ? first.line : '',
      lastName: 'line' in last ? last.line : '',
    };
  }

  return router;
}
