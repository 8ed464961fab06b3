import assert from 'node:assert/strict';
import { newSessionToken } from '../../store/sessions.js';
import { createAccount as createAccountStep, staffAction } from '../../store/steps.js';
import { assertNothingLeft } from '../support/aftermath.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  linkFromMail,
  NEW_PASSWORD,
  newEmail,
  newNumber,
  PASSWORD,
  untilTold,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { passUntilStored } from '../support/skipping.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, formTokenOf, personAt } from './people.js';
import { askForReset } from './requests.js';

const DAY = 24 * 3_600_000;

/** How far a stranger comes, whom a mistyped invitation reached. */
const COMES_AS_FAR_AS = {
  verifying: async (world: World, stranger: Invited) => {
    await createAccount(stranger, { firstName: 'Eve', lastName: 'Stranger' });
    await linkFromMail(world, stranger.email, 'verify');
    await untilTold(world, stranger, 4);
  },
  enrolling: async (world: World, stranger: Invited) => {
    await COMES_AS_FAR_AS.verifying(world, stranger);
    await verifyEmail(world, stranger);
  },
  confirming: async (world: World, stranger: Invited) => {
    await COMES_AS_FAR_AS.enrolling(world, stranger);
    await enterNumber(stranger, newNumber());
    await untilTold(world, stranger, 6);
  },
} as const;

/** Staff correct the address; the right person has the mail. */
async function corrected(world: World, { id }: Invited): Promise<Invited> {
  const email = newEmail();
  await actAs(world, id, 'correct-email', email);
  return { id, email, person: new Person(world.url), link: await linkFromMail(world, email, 'invite') };
}

async function signIn(world: World, email: string, password: string): Promise<Person> {
  const person = await new Person(world.url).open('/sign-in');
  return person.press('Sign in', { email, password });
}

const isNobody = async (world: World, email: string, password: string) =>
  assert.match((await signIn(world, email, password)).errors.join(), /not right/);

async function toDashboard(world: World, right: Invited): Promise<void> {
  const number = newNumber();
  await enterNumber(right, number);
  await enterCode(world, right, number);
  await untilUnlocked(right);
}

async function createAccountOf({ person, link }: Invited): Promise<void> {
  await person.open(link);
  const fields = { firstName: 'Sam', lastName: 'Taylor', accepted: 'yes' };
  await person.press('Create account', { ...fields, password: NEW_PASSWORD });
  assert.equal(person.path, '/check-email', person.text);
}

/** An invitation went to a wrong address, and whoever has that one answered it. SECURITY.md rows 12, 19 and 20. */
describe('a stranger behind a mistyped address', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ policy: { resendCooldown: 0 } });
  });
  after(() => world?.stop());

  for (const [stage, comesAsFar] of Object.entries(COMES_AS_FAR_AS)) {
    it(`who is ${stage} is nobody once staff have corrected it; the right person comes in alone`, async () => {
      const stranger = await invited(world);
      await comesAsFar(world, stranger);
      const { links } = await factsOf(world, stranger.id);
      const right = await corrected(world, stranger);

      const facts = await factsOf(world, right.id);
      const { account, terms, phone, challenge, verifyBy, firstName, addressCorrected } = facts;
      assert.deepEqual(
        [facts.stage, account, terms, phone, challenge, verifyBy, firstName, addressCorrected],
        ['invited', ...Array<undefined>(7).fill(undefined)],
      );
      assert.ok(facts.inviteBy.getTime() > world.now().getTime() + 7 * DAY - 60_000);
      assert.equal((await stranger.person.open('/check-email')).path, '/sign-in');
      for (const email of [stranger.email, right.email]) await isNobody(world, email, PASSWORD);
      for (const link of links) {
        const [path, purpose] =
          link.purpose === 'invitation'
            ? (['invite', 'invitation'] as const)
            : (['verify', 'verification'] as const);
        const old = new Person(world.url);
        await old.open(`/${path}/${world.keyring.linkToken(link.id, purpose)}`);
        if (old.path !== '/sign-in') assert.equal(old.status, 410, purpose);
      }
      await askForReset(world.url, right.email);
      assert.equal((await factsOf(world, right.id)).resetLinkId, undefined);

      await createAccountOf(right);
      await isNobody(world, right.email, PASSWORD);
      await verifyEmail(world, right);
      await isNobody(world, right.email, PASSWORD);
      assert.equal((await stranger.person.open('/phone')).path, '/sign-in');
      await toDashboard(world, right);
      assert.equal((await factsOf(world, right.id)).firstName, 'Sam');
      const mails = world.inbox.mails.filter(({ to }) => to === right.email);
      assert.equal(mails.filter(({ text }) => text.includes('/invite/')).length, 1);
      await world.inbox.nextMail(({ to, text }) => to === stranger.email && text.includes('•••'));
    });
  }

  it('keeps no session in the account that the right person makes, whatever a crash has left', async () => {
    const stranger = await personAt(world, 'enrolling', { level: 'password' });
    const at = world.now();
    // The deciding writes alone.
    const action = { name: 'correct-email', email: newEmail(), newLinkId: 'right-link' } as const;
    const actor = { kind: 'team-lead' } as const;
    const { onboardings } = world.store;
    await onboardings.take(stranger.id, staffAction({ action, actor, reason: 'because', at }, world.policy));
    assert.equal((await stranger.person.open('/phone')).path, '/sign-in');
    const terms = { version: '1', digest: 'd' };
    const name = { firstName: 'Sam', lastName: 'Taylor' };
    const account = {
      linkId: 'right-link',
      passwordHash: 'a hash',
      newLinkId: 'verification',
      terms,
      ...name,
    };
    const made = await onboardings.take(stranger.id, createAccountStep({ ...account, at }, world.policy));
    assert.ok(made.done);

    // A sign-in with the stranger's password that was under way opens its session only now.
    const token = newSessionToken();
    await world.store.sessions.open({ token, onboardingId: stranger.id, level: 'password', at });
    const late = new Person(world.url);
    await late.jar.setCookie(`session=${token}; Path=/`, world.url);
    for (const person of [stranger.person, late]) {
      assert.equal((await person.open('/check-email')).path, '/sign-in');
    }
  });

  it('leaves the right person nothing of what was written to support', async () => {
    const stranger = await invited(world);
    await createAccount(stranger);
    await stranger.person.open('/support-chat');
    await stranger.person.press('Send', { message: 'I am not Sam' });
    const right = await corrected(world, stranger);
    await createAccountOf(right);
    await right.person.open('/support-chat');
    assert.doesNotMatch(right.person.text, /I am not Sam/);
    await right.person.press('Send', { message: 'I am Sam' });
    assert.match(right.person.text, /I am Sam/);
    assert.equal((await world.store.conversations.find(right.id))?.messages.length, 2, 'support has both');
  });

  it('leaves nothing undone', () => assertNothingLeft(world));
});

describe('a stranger who was blocked behind a mistyped address', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ skipsTime: true });
  });
  after(() => world?.stop());

  for (const [when, days, attempt] of [
    ['soon', 1, 1],
    ['shortly before the workflow ends', 28, 2],
  ] as const) {
    it(`is nobody once staff have corrected it, ${when}`, async () => {
      const stranger = await invited(world);
      await createAccount(stranger);
      await linkFromMail(world, stranger.email, 'verify');
      await world.pass(DAY + 60_000);
      await passUntilStored(world, stranger.id, (o) => o.stage === 'blocked');
      await world.pass(days * DAY);
      const right = await corrected(world, stranger);
      for (const email of [stranger.email, right.email]) await isNobody(world, email, PASSWORD);
      // Long after the workflow of the block would have ended.
      await world.pass(4 * DAY);
      await createAccountOf(right);
      await verifyEmail(world, right);
      await toDashboard(world, right);
      assert.equal((await factsOf(world, right.id)).attempt, attempt);
      const ended = await world.client.workflow.getHandle(`onboarding-${right.id}-${attempt}`).result();
      assert.equal(ended, 'active');
      const invitations = world.inbox.mails.filter(
        ({ to, text }) => to === right.email && text.includes('/invite/'),
      );
      assert.equal(invitations.length, 2, 'the invitation and the reminder of the third day');
    });
  }

  it('is nobody who was in: the password alone moves no address while another number is enrolled', async () => {
    const { id, email, person } = await personAt(world, 'active');
    await actAs(world, id, 'correct-number');
    const stranger = new Person(world.url);
    await stranger.open('/sign-in');
    await stranger.press('Sign in', { email, password: PASSWORD });
    assert.equal(stranger.path, '/phone');
    assert.equal(stranger.page('a[href="/change-address"]').length, 0);
    assert.equal((await stranger.open('/change-address')).path, '/phone');
    await stranger.post('/change-address', {
      email: newEmail(),
      password: PASSWORD,
      _csrf: await formTokenOf(world, stranger),
    });
    assert.equal(stranger.path, '/phone');
    const after = await factsOf(world, id);
    assert.deepEqual([after.stage, after.email], ['enrolling', email]);
    assert.equal((await person.open('/dashboard')).path, '/sign-in');
  });
});
