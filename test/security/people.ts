import { randomUUID } from 'node:crypto';
import { createPasswords } from '../../api/passwords.js';
import type { Challenge, Link, LinkPurpose, Onboarding, Stage } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { newSessionToken, type Session, type SessionLevel } from '../../store/sessions.js';
import { later, newLink } from '../../store/steps.js';
import { newEmail, newNumber, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import type { World } from '../support/world.js';

const DAY = 24 * 3_600_000;

/** One hash for everybody: it costs 40 ms. */
let passwordHash: Promise<string> | undefined;

export interface Placed {
  id: string;
  email: string;
  /** A browser with the session's cookie. */
  person: Person;
  session: Session;
  /** Of the challenge that stands in the document. */
  code: string;
  /** Addresses as they would have been mailed. */
  links: Record<LinkPurpose, string>;
}

/**
 * Somebody at a stage, put there by writing the facts and signed in at a level: most attacks need no story before them.
 * `facts` replaces single facts.
 */
export async function personAt(
  world: World,
  stage: Stage,
  { level = 'full', facts = {} }: { level?: SessionLevel; facts?: Partial<Onboarding> } = {},
): Promise<Placed> {
  passwordHash ??= createPasswords({ brandName: 'Huma' }).hash(PASSWORD);
  const at = world.now();
  const id = randomUUID();
  const token = newSessionToken();
  const session = await world.store.sessions.open({ token, onboardingId: id, level, at });
  const invitation = newLink(newSecretId(), 'invitation', at);
  const verification = newLink(newSecretId(), 'verification', at);
  const reset = {
    ...newLink(newSecretId(), 'password-reset', at),
    expiresAt: later(at, world.policy.resetLifetime),
  };
  const challengeId = newSecretId();
  const { code, codeHash } = world.keyring.issueCode(challengeId);
  const phone = facts.phone ?? `+44${newNumber().replaceAll(' ', '').slice(1)}`;
  const onboarding: Onboarding = {
    _id: id,
    email: newEmail(),
    firstName: 'Sam',
    lastName: 'Taylor',
    role: 'clinician',
    teamId: 'demo',
    invitedBy: { kind: 'api-key', id: 'demo', name: 'Dr Alex Morgan' },
    locale: 'en',
    stage,
    stageSince: at,
    attempt: 1,
    seq: 0,
    outbox: [],
    notices: [],
    createdAt: at,
    inviteBy: later(at, 7 * DAY),
    codeFailures: 0,
    ...linksAt(stage, { invitation, verification, reset }),
    ...(hasAccount(stage) && {
      resetLinkId: reset.id,
      account: { passwordHash: await passwordHash, createdAt: at },
      verifyBy: later(at, DAY),
    }),
    ...(['confirming', 'active', 'suspended'].includes(stage) && {
      phone,
      challenge: challengeAt(stage, { challengeId, codeHash, phone, at, session }),
    }),
    ...(['active', 'suspended'].includes(stage) && {
      activatedAt: at,
      disclaimer: { version: 'sample-1', digest: 'of the sample', acknowledgedAt: at },
    }),
    ...facts,
  };
  if (!['expired', 'revoked', 'erased'].includes(stage)) onboarding.emailSlot = onboarding.email;
  await world.store.onboardings.insert(onboarding);

  const person = new Person(world.url);
  await person.jar.setCookie(`session=${token}; Path=/`, world.url);
  const links = {
    invitation: `/invite/${world.keyring.linkToken(invitation.id, 'invitation')}`,
    verification: `/verify/${world.keyring.linkToken(verification.id, 'verification')}`,
    'password-reset': `/reset-password/${world.keyring.linkToken(reset.id, 'password-reset')}`,
  };
  return { id, email: onboarding.email, person, session, code, links };
}

/** Another browser of the same person. */
export async function anotherBrowser(world: World, id: string, level: SessionLevel): Promise<Person> {
  const token = newSessionToken();
  await world.store.sessions.open({ token, onboardingId: id, level, at: world.now() });
  const person = new Person(world.url);
  await person.jar.setCookie(`session=${token}; Path=/`, world.url);
  return person;
}

/** The token for this browser's forms, worked out as the doors do: not every page has a form to read it from. */
export async function formTokenOf(world: World, person: Person): Promise<string> {
  const cookie = (await person.cookieHeader()).split('session=')[1]?.split(';')[0] ?? '';
  return world.keyring.formToken(cookie);
}

export async function factsOf(world: World, id: string): Promise<Onboarding> {
  const onboarding = await world.store.onboardings.find(id);
  if (!onboarding) throw new Error(`There is no onboarding ${id}`);
  return onboarding;
}

const hasAccount = (stage: Stage) => !['invited', 'expired', 'revoked', 'erased'].includes(stage);

function linksAt(
  stage: Stage,
  { invitation, verification, reset }: Record<'invitation' | 'verification' | 'reset', Link>,
): Pick<Onboarding, 'links' | 'linkId'> {
  if (stage === 'invited') return { links: [invitation], linkId: invitation.id };
  if (!hasAccount(stage)) return { links: [{ ...invitation, outcome: 'expired' }] };
  const used = { ...invitation, outcome: 'used' as const };
  if (stage === 'verifying') return { links: [reset, used, verification], linkId: verification.id };
  return { links: [reset, used, { ...verification, outcome: stage === 'blocked' ? 'expired' : 'used' }] };
}

function challengeAt(
  stage: Stage,
  given: { challengeId: string; codeHash: string; phone: string; at: Date; session: Session },
): Challenge {
  const { challengeId, codeHash, phone, at, session } = given;
  return {
    id: challengeId,
    purpose: stage === 'confirming' ? 'enrolment' : 'sign-in',
    codeHash,
    number: phone,
    sessionId: session._id,
    issuedAt: at,
    expiresAt: later(at, 600_000),
    sends: 1,
    lastSendAt: at,
    triesLeft: 5,
  };
}
