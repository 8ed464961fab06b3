import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { stackOf } from '../monitoring/logging.js';
import { messageStatusDoor } from './callbacks/message-status.js';
import { asDomainError, DomainError } from './errors.js';
import { healthDoors } from './health.js';
import { createInviter } from './inviting.js';
import { mountedAt, watchRequests } from './requests.js';
import { apiDescription } from './rest/description.js';
import { restApi } from './rest/door.js';
import { answerProblems, sendProblem } from './rest/problem.js';
import type { Services } from './services.js';
import { supportConsole } from './support/console.js';
import { MANY, moreRoomForRows, teamPages } from './team/pages.js';
import { ANSWER_WITHIN, isApi, limitTime } from './time-limit.js';
import { accountPages } from './web/account.js';
import { authenticatorPages } from './web/authenticator.js';
import { changeAddressPages } from './web/change-address.js';
import { createAccountPages } from './web/create-account.js';
import { dashboardPages } from './web/dashboard.js';
import { createFlash } from './web/flash.js';
import { refuseForgeries } from './web/forgery.js';
import { forgottenPasswordPages } from './web/forgotten-password.js';
import { refusePrototype } from './web/forms.js';
import { createLinks } from './web/links.js';
import { liveDoor } from './web/live.js';
import { createShow, type Show } from './web/page.js';
import { phonePages } from './web/phone.js';
import { plainPages } from './web/plain-pages.js';
import { recoveryCodePages } from './web/recovery-codes.js';
import { sessionDoor } from './web/session-time.js';
import { signInPages } from './web/sign-in.js';
import { supportChatPages } from './web/support-chat.js';
import { twoStepPages } from './web/two-step.js';
import { twoStepAppPages } from './web/two-step-app.js';
import { twoStepRecoveryPages } from './web/two-step-recovery.js';
import { verifyEmailPages } from './web/verify-email.js';
import { createBrowserSessions, visitOf } from './web/visit.js';

const ASSETS = new URL('./assets/', import.meta.url).pathname;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The doors, top to bottom as a request meets them. */
export function createApp(services: Services, answerWithin = ANSWER_WITHIN): Express {
  const { settings, log } = services;
  const browser = createBrowserSessions(services);
  const show = createShow(services);
  const links = createLinks(services, browser);
  const flash = createFlash(browser);
  const invite = createInviter(services);

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', 'simple');

  app.use(watchRequests(services));
  app.use(securityHeaders(settings.publicUrl));
  app.use(limitMethods, limitTime(answerWithin));
  app.use('/assets', express.static(ASSETS, { maxAge: '1h', index: false, redirect: false }));
  app.use(noStore);
  app.use(healthDoors(services));

  app.use(messageStatusDoor(services));
  app.use('/api', mountedAt('/api'), apiDescription(settings));
  app.use('/api/v1', mountedAt('/api/v1'), restApi(services, invite));
  app.use(['/api', '/callbacks'], refuseUnknown, answerProblems(log));

  app.use(liveDoor(services, browser));
  app.use(browser.receive);
  app.use(MANY, browser.recognise, moreRoomForRows(services));
  app.use(
    express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 50, verify: refusePrototype }),
  );
  app.use(browser.recognise);
  app.use(refuseForgeries(services));
  app.use(sessionDoor(services));
  app.use(plainPages(services, show));
  app.use(createAccountPages(services, show, browser, links, flash));
  app.use(verifyEmailPages(services, show, links, flash));
  app.use(changeAddressPages(services, show));
  app.use(phonePages(services, show));
  app.use(twoStepPages(services, show, browser));
  app.use(twoStepAppPages(services, show, browser));
  app.use(twoStepRecoveryPages(services, show, browser, flash));
  app.use(supportChatPages(services, show));
  app.use(signInPages(services, show, browser, flash));
  app.use(forgottenPasswordPages(services, show, browser, links, flash));
  app.use(dashboardPages(services, show, invite, flash));
  app.use(accountPages(services, show, flash));
  app.use(authenticatorPages(services, show, flash));
  app.use(recoveryCodePages(services, show));
  app.use(teamPages(services, show, flash));
  app.use(supportConsole(services, show, flash));
  app.use(refuseUnknown, answerWithPage(services, show), answerPlainly(services));
  return app;
}

function securityHeaders(publicUrl: string) {
  const https = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(https && { upgradeInsecureRequests: [] }),
      },
    },
    // `no-referrer` would turn the Origin of our own forms into `null`.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https ? { maxAge: 63_072_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
  });
}

function limitMethods(req: Request, res: Response, next: NextFunction): void {
  if (METHODS.has(req.method)) next();
  else if (isApi(req)) sendProblem(res, new DomainError('method-not-allowed', { allow: 'GET, HEAD, POST' }));
  else res.status(405).set('Allow', 'GET, HEAD, POST').end();
}

function noStore(_req: Request, res: Response, next: NextFunction): void {
  res.set('Cache-Control', 'no-store');
  next();
}

function refuseUnknown(): never {
  throw new DomainError('not-found');
}

/** Any refusal or failure of a page, as a page. */
function answerWithPage(services: Services, show: Show) {
  return async (error: unknown, _req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (res.headersSent) return next(error);
    const { code, status, more } = asDomainError(error) ?? new DomainError('internal');
    const failed = code === 'internal' || code === 'unavailable';
    if (failed) services.log.error({ stack: stackOf(error) }, 'failed');
    const { retryAfterSeconds } = more;
    if (retryAfterSeconds) res.set('Retry-After', String(retryAfterSeconds));
    // Too early a failure, or one of the database itself: the page must not need either.
    if (!visitOf(res)?.token || failed) forgetPerson(res, services);
    await show(res, 'error', { status, code, ...(retryAfterSeconds && { retryAfterSeconds }) }, { status });
  };
}

/** Where not even the error page could be made. Express's own last resort prints the stack, outside production to the browser too. */
function answerPlainly({ log }: Services) {
  return (error: unknown, _req: Request, res: Response, _next: NextFunction): void => {
    // Who was answered and has not sent all of the request is cut off: no failure of ours.
    const cutOff = res.writableEnded && asDomainError(error)?.code === 'bad-request';
    if (!cutOff) log.error({ stack: stackOf(error) }, 'failed');
    if (!res.headersSent) res.status(500).type('text').send('Something went wrong. Please try again.');
    else if (!res.writableEnded) res.destroy();
  };
}

function forgetPerson(res: Response, { clock }: Services): void {
  res.locals['visit'] = { at: clock(), token: visitOf(res)?.token ?? '', timedOut: false };
}
