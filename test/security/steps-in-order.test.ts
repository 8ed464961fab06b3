import assert from 'node:assert/strict';
import { STAGES, type Stage } from '../../store/facts.js';
import type { SessionLevel } from '../../store/sessions.js';
import { NEW_PASSWORD, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, formTokenOf, type Placed, personAt } from './people.js';
import { formHeaders, send } from './requests.js';

/** Where somebody at a stage belongs; a password alone leads to the code and no further. */
const PLACE: Record<Stage, Record<SessionLevel, string>> = {
  invited: { password: '/sign-in', full: '/sign-in' },
  verifying: { password: '/check-email', full: '/check-email' },
  enrolling: { password: '/phone', full: '/phone' },
  confirming: { password: '/two-step', full: '/two-step' },
  active: { password: '/two-step', full: '/dashboard' },
  suspended: { password: '/sign-in', full: '/sign-in' },
  blocked: { password: '/blocked', full: '/blocked' },
  expired: { password: '/sign-in', full: '/sign-in' },
  revoked: { password: '/sign-in', full: '/sign-in' },
  erased: { password: '/sign-in', full: '/sign-in' },
};

/** Pages by the places that open them. */
const GET: Record<string, readonly string[]> = {
  '/check-email': ['/check-email'],
  '/phone': ['/phone', '/two-step'],
  '/two-step': ['/two-step'],
  '/dashboard': ['/dashboard'],
  '/account': ['/dashboard'],
  '/account/password': ['/dashboard'],
  '/account/authenticator': ['/dashboard'],
  '/account/recovery-codes': ['/dashboard'],
  '/invite-colleague': ['/dashboard'],
  '/blocked': ['/blocked'],
  '/unlocking': [],
  // Whoever has no app and no recovery codes is asked for neither.
  '/two-step/app': [],
  '/two-step/recovery-code': [],
};

/** Pages behind another one, which lead back to it while there is nothing to show. */
const BEHIND: Record<string, string> = {
  '/account/authenticator/confirm': '/account/authenticator',
  '/account/authenticator/remove': '/account/authenticator',
};

/** Forms, with fields that would be taken at the right place. */
const POST: Record<string, { at: readonly string[]; fields: Record<string, string> }> = {
  '/check-email/send-again': { at: ['/check-email'], fields: {} },
  '/phone': { at: ['/phone', '/two-step'], fields: { phone: '07400 555100' } },
  '/two-step': { at: ['/two-step', '/dashboard'], fields: { code: 'CODE' } },
  '/two-step/send-again': { at: ['/two-step'], fields: {} },
  '/disclaimer': { at: ['/dashboard'], fields: { accepted: 'yes', version: 'sample-1' } },
  '/account/password': { at: ['/dashboard'], fields: { password: PASSWORD, newPassword: NEW_PASSWORD } },
  '/account/authenticator': { at: ['/dashboard'], fields: { password: PASSWORD } },
  '/account/authenticator/confirm': { at: ['/dashboard'], fields: { code: 'CODE' } },
  '/account/authenticator/remove': { at: ['/dashboard'], fields: { password: PASSWORD } },
  '/account/recovery-codes': { at: ['/dashboard'], fields: { password: PASSWORD } },
  '/two-step/app': { at: ['/dashboard'], fields: { code: 'CODE' } },
  '/two-step/recovery-code': { at: ['/dashboard'], fields: { code: '1-0123-4567-89' } },
  '/invite-colleague': { at: ['/dashboard'], fields: { email: 'colleague@example.org' } },
};

/** SECURITY.md row 16: every stage × every page and form × every level of session. */
describe('no step is skipped', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const get = async ({ person }: Placed, path: string) =>
    send(world.url, { path, headers: { cookie: await person.cookieHeader() } });

  for (const stage of STAGES) {
    for (const level of ['password', 'full'] as const) {
      const place = PLACE[stage][level];
      it(`at ${stage} with ${level === 'full' ? 'both factors' : 'a password'} all leads to ${place}`, async () => {
        const placed = await personAt(world, stage, { level });
        const before = await factsOf(world, placed.id);
        for (const [path, places] of Object.entries(GET)) {
          const { status, headers } = await get(placed, path);
          const open = places.includes(place) && !(path === '/phone' && stage === 'active');
          assert.deepEqual(
            [path, status, headers.location],
            [path, open ? 200 : 303, open ? undefined : place],
          );
        }
        for (const [path, front] of Object.entries(BEHIND)) {
          const { status, headers } = await get(placed, path);
          const leads = place === '/dashboard' ? front : place;
          assert.deepEqual([path, status, headers.location], [path, 303, leads]);
        }
        const csrf = await formTokenOf(world, placed.person);
        for (const [path, { at, fields }] of Object.entries(POST)) {
          if (at.includes(place)) continue;
          const body = new URLSearchParams({ ...fields, _csrf: csrf });
          if (body.has('code')) body.set('code', placed.code);
          const headers = await formHeaders(placed.person);
          const answer = await send(world.url, { method: 'POST', path, headers, body: `${body}` });
          assert.deepEqual([path, answer.status, answer.headers.location], [path, 303, place]);
        }
        assert.deepEqual(await factsOf(world, placed.id), before);
        assert.equal(await world.store.onboardings.findByEmail('colleague@example.org'), null);
      });
    }

    it(`at ${stage} the links open what belongs to it and nothing else`, async () => {
      const { links, id } = await personAt(world, stage);
      const before = await factsOf(world, id);
      const invitation = await new Person(world.url).open(links.invitation);
      assert.equal(invitation.status === 200, stage === 'invited', 'invitation');
      const verification = await new Person(world.url).open(links.verification);
      const goesOn = verification.path === '/sign-in';
      assert.equal(verification.status === 200 && !goesOn, stage === 'verifying', 'verification');
      assert.deepEqual(await factsOf(world, id), before);
    });
  }

  it('nobody gets anywhere without a session', async () => {
    for (const path of [...Object.keys(GET), ...Object.keys(BEHIND)]) {
      const person = await new Person(world.url).open(path);
      assert.equal(person.path, '/sign-in', path);
    }
  });

  it('the disclaimer keeps everything shut that lies behind it', async () => {
    const { person, id } = await personAt(world, 'active');
    await world.store.onboardings.model.updateOne({ _id: id }, { $unset: { disclaimer: 1 } });
    await person.open('/dashboard');
    assert.equal(person.page('dialog[open]').length, 1);
    assert.doesNotMatch(person.text, /Cardiology, Demo Hospital/);
    const account = ['/account', '/account/password', '/account/authenticator', '/account/recovery-codes'];
    for (const path of [...account, ...Object.keys(BEHIND), '/invite-colleague']) {
      assert.equal((await person.open(path)).path, '/dashboard', path);
    }
    await person.post('/invite-colleague', { email: 'colleague@example.org' });
    assert.equal(await world.store.onboardings.findByEmail('colleague@example.org'), null);
    await person.post('/disclaimer', { version: 'sample-1' });
    assert.equal(person.status, 422);
    await person.post('/disclaimer', { accepted: 'yes', version: 'another' });
    assert.equal((await factsOf(world, id)).disclaimer, undefined);
  });

  it('a consumed code does not unlock before the worker says so, and never for the password alone', async () => {
    const { person, code, id } = await personAt(world, 'confirming', { level: 'password' });
    await person.open('/two-step');
    await person.press('Next', { code });
    assert.equal(person.path, '/unlocking');
    for (const path of Object.keys(GET)) assert.equal((await person.open(path)).path, '/unlocking', path);
    await person.open('/unlocking');
    await person.post('/disclaimer', { accepted: 'yes', version: 'sample-1' });
    const { stage, disclaimer } = await factsOf(world, id);
    assert.deepEqual([stage, disclaimer], ['confirming', undefined]);
  });
});
