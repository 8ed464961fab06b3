import assert from 'node:assert/strict';
import { ACTION_OPERATIONS } from '../../api/rest/operations.js';
import { type ActionName, mayTake, STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import type { EventType, LinkPurpose, Onboarding, Stage } from '../../store/facts.js';
import type { SessionLevel } from '../../store/sessions.js';
import { EVENT_OF } from '../../store/steps.js';
import { call } from '../rest/calls.js';
import { NEW_PASSWORD, newEmail, newNumber, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import type { World } from '../support/world.js';
import { DOORS } from './doors.js';
import { formTokenOf, type Placed } from './people.js';
import { formHeaders, postApi, send } from './requests.js';
import { giveApp, givePendingApp, giveRecoveryCodes } from './second-factors.js';

/** How a clinician fills in a form, and what it takes for the form to be meant. */
interface Form {
  /** Opened first, in a browser where nobody is signed in. */
  link?: LinkPurpose;
  signedOut?: true;
  level?: SessionLevel;
  facts?: Partial<Onboarding>;
  event: EventType;
  /** Of the page that follows. */
  status?: number;
  /** Who is refused is answered as everybody is. */
  alike?: true;
  /** Something that has to be there first. @returns the code that it makes. */
  prepare?: (world: World, placed: Placed) => Promise<string>;
  fields?: (placed: Placed, linkId: string) => Record<string, string>;
}

const passwordAgain = () => ({ password: PASSWORD });
const theCode = ({ code }: Placed) => ({ code });

/** The actions that people take on themselves; a form each. */
const FORMS: Partial<Record<ActionName, Form>> = {
  'create-account': {
    link: 'invitation',
    event: 'account-created',
    fields: (_, linkId) => ({
      firstName: 'Sam',
      lastName: 'Taylor',
      password: PASSWORD,
      accepted: 'yes',
      linkId,
    }),
  },
  'ask-for-new-link': {
    link: 'invitation',
    event: 'new-link-requested',
    // The link stays what it was; the page says that the inviter has been told.
    status: 410,
    fields: (_, linkId) => ({ linkId }),
  },
  'send-verification-again': { event: 'verification-mail-requested' },
  'verify-email': {
    link: 'verification',
    event: 'email-verified',
    fields: (_, linkId) => ({ linkId }),
  },
  'correct-own-email': {
    event: 'email-corrected',
    fields: () => ({ email: newEmail(), password: PASSWORD }),
  },
  'enter-number': { event: 'number-entered', fields: () => ({ phone: newNumber() }) },
  'send-code-again': { level: 'password', event: 'code-sent-again' },
  'confirm-code': { level: 'password', event: 'code-confirmed', fields: theCode },
  'request-sign-in-code': {
    signedOut: true,
    event: 'sign-in-code-requested',
    fields: ({ email }) => ({ email, password: PASSWORD }),
  },
  'ask-for-password-reset': {
    signedOut: true,
    event: 'password-reset-requested',
    alike: true,
    fields: ({ email }) => ({ email }),
  },
  'reset-password': {
    link: 'password-reset',
    event: 'password-reset',
    fields: (_, linkId) => ({ password: NEW_PASSWORD, linkId }),
  },
  'change-password': {
    event: 'password-changed',
    fields: () => ({ password: PASSWORD, newPassword: NEW_PASSWORD }),
  },
  'begin-authenticator': { event: 'authenticator-begun', fields: passwordAgain },
  'add-authenticator': {
    event: 'authenticator-added',
    prepare: async (world, placed) => (await givePendingApp(world, placed)).code(world.now()),
    fields: theCode,
  },
  'remove-authenticator': {
    event: 'authenticator-removed',
    prepare: async (world, placed) => (await giveApp(world, placed)).code(world.now()),
    fields: passwordAgain,
  },
  'make-recovery-codes': { event: 'recovery-codes-made', fields: passwordAgain },
  'confirm-app-code': {
    level: 'password',
    event: 'signed-in',
    prepare: async (world, placed) => (await giveApp(world, placed)).code(world.now()),
    fields: theCode,
  },
  'use-recovery-code': {
    level: 'password',
    event: 'recovery-code-used',
    prepare: async (world, placed) => (await giveRecoveryCodes(world, placed))[0] ?? '',
    fields: theCode,
  },
  'acknowledge-disclaimer': {
    facts: { disclaimer: { version: 'an older one', digest: '', acknowledgedAt: new Date() } },
    event: 'disclaimer-acknowledged',
    fields: () => ({ accepted: 'yes', version: 'sample-1' }),
  },
};

/** What the person must be like so that the stage alone decides about the action. */
export function personFor(action: ActionName): { level?: SessionLevel; facts?: Partial<Onboarding> } {
  const { level, facts } = FORMS[action] ?? {};
  return { ...(level && { level }), ...(facts && { facts }) };
}

/** The same where it takes more than facts; the code is then the one that the action asks for. */
export async function prepared(world: World, action: ActionName, placed: Placed): Promise<Placed> {
  const code = await FORMS[action]?.prepare?.(world, placed);
  return code === undefined ? placed : { ...placed, code };
}

/** The event that an action leaves in the outbox. */
export function eventOf(action: ActionName, stage: Stage): EventType | undefined {
  if (action === 'confirm-code' && stage === 'active') return 'signed-in';
  return isStaffAction(action) ? EVENT_OF[action] : FORMS[action]?.event;
}

export const isStaffAction = (action: ActionName): action is StaffActionName =>
  STAFF_ACTIONS.some((name) => name === action);

/** How a door has answered; both throw unless it answered so, in its own clear way. */
export interface Answered {
  assertTaken(leadsTo: Stage): void;
  assertRefused(): void;
}

/** A person with their own browser, at the form of an action. */
export async function tryForm(world: World, action: ActionName, placed: Placed): Promise<Answered> {
  const { link, signedOut, fields, status: fits = 200, alike } = FORMS[action] ?? {};
  const address = DOORS[action].clinician ?? '';
  const person = link || signedOut ? new Person(world.url) : placed.person;
  if (link) await person.open(placed.links[link]);
  if (signedOut) await person.open(address);
  const token = link && placed.links[link].split('/').at(-1);
  const linkId = (link && world.keyring.openLinkToken(token ?? '', link)) ?? '';
  await person.post(address, { ...fields?.(placed, linkId), _csrf: await formTokenOf(world, person) });
  const { status, errors, heading, path } = person;
  return {
    assertTaken: () => assert.deepEqual([status, errors], [fits, []], heading),
    assertRefused() {
      assert.ok(heading, 'a page');
      if (alike) return assert.deepEqual([status, errors], [fits, []], heading);
      // Told why not, or sent to where they belong.
      if (path === address) assert.ok([404, 410, 422].includes(status), `${status} ${heading}`);
      else assert.ok([200, 410].includes(status), `${status} ${path} ${heading}`);
    },
  };
}

/** Somebody with both factors and a browser, at the support console or the team's pages. Of others than staff these know nothing. */
export async function tryStaffPage(
  world: World,
  action: ActionName,
  { id, by, page, isStaff }: { id: string; by: Person; page: 'support' | 'team'; isStaff: boolean },
): Promise<Answered> {
  const person = `/${page}/${id}`;
  const body = new URLSearchParams({ ...inputOf(action), _csrf: await formTokenOf(world, by) });
  const answer = await send(world.url, {
    method: 'POST',
    path: `${person}/${action}`,
    headers: await formHeaders(by),
    body: `${body}`,
  });
  return {
    assertTaken: () => assert.deepEqual([answer.status, answer.headers.location], [303, person], answer.body),
    assertRefused() {
      const explains = isStaff && isStaffAction(action);
      assert.equal(answer.status, explains ? 422 : 404, answer.body);
      assert.match(answer.body, explains ? /govuk-error-summary/ : /<h1/);
    },
  };
}

/** A team lead's program with its key; where the operation is documented its answer is held against that, too. */
export async function tryApi(world: World, action: ActionName, id: string): Promise<Answered> {
  const operation = Object.entries(ACTION_OPERATIONS).find(([name]) => name === action)?.[1];
  const body = inputOf(action);
  const answer = operation
    ? await call(world, operation.id, { id, body })
    : await postApi(world, body, { path: `/api/v1/invitations/${id}/${action}` });
  const { type, stage } = JSON.parse(answer.body);
  return {
    assertTaken: (leadsTo) => assert.deepEqual([answer.status, stage], [200, leadsTo], answer.body),
    assertRefused() {
      const refusal = mayTake(action, { kind: 'api-key' }) ? [409, 'wrong-stage'] : [403, 'not-allowed'];
      const [status, code] = isStaffAction(action) ? refusal : [404, 'not-found'];
      assert.deepEqual([answer.status, type], [status, `urn:problem:${code}`]);
    },
  };
}

const inputOf = (action: ActionName) => ({
  reason: 'Asked for it by phone',
  ...(action === 'correct-email' && { email: newEmail() }),
});
