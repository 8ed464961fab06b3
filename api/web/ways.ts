import type { Onboarding } from '../../store/facts.js';
import type { Session } from '../../store/sessions.js';
import { recoveryCodesLeft } from '../../store/steps.js';
import { type App, appOf } from '../authenticator.js';
import type { Services } from '../services.js';

/** How somebody can prove the second factor, beside a text, which they always can. */
export interface Ways {
  app?: App;
  /** An app was set up, and no key opens its secret any more. */
  appUnreadable?: true;
  recoveryCodesLeft: number;
}

export function waysOf({ keyring }: Pick<Services, 'keyring'>, onboarding: Onboarding): Ways {
  const app = appOf(keyring, onboarding);
  return {
    ...(app === 'unreadable' ? { appUnreadable: true } : app && { app }),
    recoveryCodesLeft: onboarding.stage === 'active' ? recoveryCodesLeft(onboarding) : 0,
  };
}

/** The page that asks for the second factor first: the app's, until a text was asked for in this session. */
export const asksAppFirst = ({ app }: Ways, { challenge }: Onboarding, { _id }: Session): boolean =>
  app !== undefined && challenge?.sessionId !== _id;
