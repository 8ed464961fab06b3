import type { Response } from 'express';
import { lacksSecondFactor } from '../../store/conversations.js';
import { effectiveStage } from '../../store/deadlines.js';
import { inWholeUnits } from '../../store/policy.js';
import type { Services } from '../services.js';
import type { FieldError, PageContext, PageModels, PageName } from '../views/models.js';
import { sessionTime } from './session-time.js';
import { visitOf } from './visit.js';

/** Answers with a page. Errors of the form make it a 422, with what was typed kept. */
export type Show = <Name extends PageName>(
  res: Response,
  page: Name,
  model: PageModels[Name],
  more?: { errors?: FieldError[]; status?: number },
) => Promise<void>;

export function createShow(services: Services): Show {
  const { render, keyring, settings, store, policy, legalTextsAreFinal } = services;

  return async (res, page, model, { errors = [], status = errors.length > 0 ? 422 : 200 } = {}) => {
    const { token, session, onboarding, at } = visitOf(res);
    const team = onboarding && (await store.teams.find(onboarding.teamId));
    // Whoever cannot read them is not sent there.
    const reads = session && onboarding && !lacksSecondFactor(onboarding, session);
    const unreadAnswers = reads ? await store.conversations.unreadByPerson(onboarding._id) : 0;
    const unlocked = session?.level === 'full' && onboarding && effectiveStage(onboarding, at) === 'active';
    const context: PageContext = {
      path: res.req.path,
      csrfToken: keyring.formToken(token),
      ...(unlocked && { person: { name: nameOf(onboarding) } }),
      ...(session && !unlocked && { enrolling: true }),
      ...(unreadAnswers > 0 && { unreadAnswers }),
      ...(session && { session: sessionTime(session, at, policy) }),
      errors,
      locale: onboarding?.locale ?? 'en',
      timeZone: team?.timeZone ?? 'UTC',
      brandName: settings.brandName,
      supportEmail: settings.supportEmail,
      verifyWindow: inWholeUnits(policy.verifyWindow),
      legalTextsAreFinal,
    };
    res
      .status(status)
      .type('html')
      .send(render(page, model, context));
  };
}

export const nameOf = ({
  firstName,
  lastName,
  email,
}: {
  firstName?: string;
  lastName?: string;
  email: string;
}): string => [firstName, lastName].filter(Boolean).join(' ') || email;
