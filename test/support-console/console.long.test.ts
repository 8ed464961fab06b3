import assert from 'node:assert/strict';
import { ACTIONS, STAFF_ACTIONS } from '../../store/actions.js';
import { effectiveStage } from '../../store/deadlines.js';
import { STAGES } from '../../store/facts.js';
import { later } from '../../store/steps.js';
import { anotherBrowser, factsOf, formTokenOf, type Placed, personAt } from '../security/people.js';
import { formHeaders, send } from '../security/requests.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { supportPerson } from './people.js';

const HOUR = 3_600_000;

describe('the support console', function () {
  this.timeout(60_000);
  let world: World;
  let support: Placed;
  before(async () => {
    world = await startWorld({ worker: false, policy: { resendCooldown: 0 } });
    support = await supportPerson(world);
  });
  after(() => world?.stop());

  describe('to everybody else', () => {
    async function refused(person: Person, what: string): Promise<void> {
      const { id } = await personAt(world, 'active');
      const before = await factsOf(world, id);
      for (const path of ['/support', `/support/${id}`, '/support/anything/at/all']) {
        const { status } = await person.open(path);
        assert.deepEqual([path, status], [path, 404], what);
      }
      const body = new URLSearchParams({ reason: 'because', _csrf: await formTokenOf(world, person) });
      const path = `/support/${id}/suspend`;
      const headers = await formHeaders(person);
      const { status } = await send(world.url, { method: 'POST', path, headers, body: `${body}` });
      assert.equal(status, 404, what);
      assert.deepEqual(await factsOf(world, id), before);
    }

    it('is not there', async () => {
      const visitor = await new Person(world.url).open('/sign-in');
      await refused(visitor, 'a visitor');
      for (const role of ['clinician', 'team-lead'] as const) {
        const { person } = await personAt(world, 'active', { facts: { role } });
        await refused(person, role);
      }
      for (const stage of STAGES.filter((each) => each !== 'active')) {
        const { person } = await personAt(world, stage, { facts: { role: 'support' } });
        await refused(person, `support at ${stage}`);
      }
    });

    it('is not there for support with one factor or without the disclaimer', async () => {
      await refused(await anotherBrowser(world, support.id, 'password'), 'a password alone');
      const pending = await personAt(world, 'active', { facts: { role: 'support' } });
      await world.store.onboardings.model.updateOne({ _id: pending.id }, { $unset: { disclaimer: 1 } });
      await refused(pending.person, 'the disclaimer is pending');
    });

    it('is not on the dashboard', async () => {
      const { person } = await personAt(world, 'active');
      await person.open('/dashboard');
      assert.equal(person.page('a[href="/support"]').length, 0);
    });
  });

  it('is one link away from the dashboard of support', async () => {
    await support.person.open('/dashboard');
    assert.equal(support.person.page('a[href="/support"]').text(), 'Support console');
  });

  describe('finds people', () => {
    it('by a part of the name or address, without a token in the address', async () => {
      const placed = await personAt(world, 'enrolling', {
        facts: { firstName: 'Ximena', lastName: 'Quispe' },
      });
      const { person } = support;
      for (const text of ['ximena', 'QUISPE', placed.email.slice(7, 30), placed.id]) {
        await person.open(`/support?q=${encodeURIComponent(text)}`);
        assert.equal(person.page('.app-person').length, 1, text);
        assert.equal(person.page('.app-person a').attr('href'), `/support/${placed.id}`);
      }
      assert.equal(person.page('form[role=search] input[name=_csrf]').length, 0);
      assert.equal(person.page('#q').val(), placed.id);
    });

    it('by stage, team, deadline and need, with counts that fit the lists', async () => {
      const teamId = 'team-of-lists';
      await world.store.teams.ensure({ _id: teamId, name: 'Team of lists', timeZone: 'UTC' });
      const put = (stage: 'invited' | 'verifying' | 'blocked' | 'active', facts = {}) =>
        personAt(world, stage, { facts: { teamId, ...facts } });
      await put('invited');
      await put('invited', { inviteBy: later(world.now(), 20 * HOUR) });
      const passed = await put('verifying');
      await world.store.onboardings.model.updateOne(
        { _id: passed.id },
        { $set: { verifyBy: later(world.now(), -1_000) } },
      );
      await put('active');
      const { person } = support;
      const shown = () => person.page('.app-person').length;

      await person.open(`/support?team=${teamId}`);
      assert.equal(shown(), 4);
      const counts = person
        .page('.app-counts__item')
        .toArray()
        .map((each) => person.page(each));
      for (const count of counts) {
        await person.open(count.attr('href') ?? '');
        assert.equal(shown(), Number(count.find('.app-counts__count').text()), count.text());
      }
      await person.open(`/support?team=${teamId}&stage=blocked`);
      assert.equal(person.page('.app-person a').attr('href'), `/support/${passed.id}`);
      await person.open(`/support?team=${teamId}&soon=yes`);
      assert.equal(shown(), 1);
      await person.open(`/support?team=${teamId}&help=yes`);
      assert.equal(shown(), 1);
      assert.match(person.text, /Needs help/);
    });

    it('page by page, each once', async () => {
      const teamId = 'team-of-pages';
      for (let n = 0; n < 30; n++) await personAt(world, 'invited', { facts: { teamId } });
      const { person } = support;
      await person.open(`/support?team=${teamId}`);
      const first = person
        .page('.app-person a')
        .toArray()
        .map((each) => person.page(each).attr('href'));
      assert.equal(first.length, 25);
      await person.open(person.page('a[rel=next]').attr('href') ?? '');
      const second = person
        .page('.app-person a')
        .toArray()
        .map((each) => person.page(each).attr('href'));
      assert.equal(new Set([...first, ...second]).size, 30);
      assert.equal(person.page('a[rel=next]').length, 0);
    });

    it('never by what no form of ours sends', async () => {
      for (const query of [
        'stage=nonsense',
        'q=a&q=b',
        'after=1',
        'after=x_y',
        'soon=1',
        `q=${'x'.repeat(201)}`,
      ]) {
        assert.equal((await support.person.open(`/support?${query}`)).status, 400, query);
      }
      assert.equal((await support.person.open('/support/nobody')).status, 404);
      assert.equal((await support.person.open('/support?q=%2E*')).page('.app-person').length, 0);
    });
  });

  describe('shows a person', () => {
    it('without secrets: the last digits of the number, no code, link or hash', async () => {
      const phone = '+447400123987';
      const placed = await personAt(world, 'confirming', { facts: { phone } });
      const { person } = support;
      await person.open(`/support/${placed.id}`);
      const html = person.page.html();
      assert.match(person.text, /Ending in 987/);
      assert.match(person.text, /5 for this code, 10 before the account is locked/);
      const o = await factsOf(world, placed.id);
      const secrets = [
        phone,
        '7400123',
        placed.code,
        o.account?.passwordHash,
        o.challenge?.id,
        o.challenge?.codeHash,
      ];
      for (const secret of [...secrets, ...o.links.map(({ id }) => id)]) {
        assert.ok(secret && !html.includes(secret), 'nothing secret on the page');
      }
    });

    it('says that the workflow does not exist, and suggests to look at the worker', async () => {
      const placed = await personAt(world, 'verifying', {
        facts: { verifyBy: later(world.now(), HOUR), createdAt: later(world.now(), -HOUR) },
      });
      await world.store.onboardings.model.updateOne(
        { _id: placed.id },
        { $set: { untoldSince: later(world.now(), -HOUR) } },
      );
      const { person } = support;
      await person.open(`/support/${placed.id}`);
      assert.match(person.page('.app-stuck').text(), /workflow has not been told/);
      assert.match(person.page('section[aria-labelledby=live]').text(), /Temporal has no such workflow/);
    });
  });

  describe('acts', () => {
    it('with exactly what is possible at each stage', async () => {
      for (const stage of STAGES) {
        const placed = await personAt(world, stage);
        const { person } = support;
        await person.open(`/support/${placed.id}`);
        const offered = person
          .page('.app-act form')
          .toArray()
          .map((form) => person.page(form).attr('action')?.split('/').at(-1));
        const now = effectiveStage(await factsOf(world, placed.id), world.now());
        const possible = STAFF_ACTIONS.filter((name) => now in ACTIONS[name].from);
        assert.deepEqual(offered, possible, stage);
      }
    });

    it('keeps the reason in place where it refuses, and changes nothing', async () => {
      const placed = await personAt(world, 'verifying');
      const { person } = support;
      await person.open(`/support/${placed.id}`);
      const before = await factsOf(world, placed.id);
      await person.press('Correct the email address', { reason: 'Typing error', email: 'not an address' });
      assert.equal(person.status, 422);
      assert.equal(person.page('#reason-correct-email').val(), 'Typing error');
      assert.equal(person.page('#email-correct-email').val(), 'not an address');
      assert.equal(person.page('details.app-act[open]').length, 1);
      await person.press('Open a new window', { reason: '  ' });
      assert.deepEqual(person.errors, ['Give a reason, in at most 500 characters']);
      await person.press('Correct the email address', { reason: 'Typing error', email: support.email });
      assert.deepEqual(person.errors, ['Somebody else already uses this address, or was invited with it']);
      assert.deepEqual(await factsOf(world, placed.id), before);
    });

    it('keeps the reason also where the action has become impossible meanwhile', async () => {
      const placed = await personAt(world, 'active');
      const { person } = support;
      await person.open(`/support/${placed.id}`);
      await world.store.onboardings.model.updateOne({ _id: placed.id }, { $set: { stage: 'suspended' } });
      await person.press('Suspend', { reason: 'Left the hospital' });
      assert.deepEqual(person.errors, ['This is no longer possible: something has changed in the meantime']);
      assert.equal(person.page('#reason-suspend').val(), 'Left the hospital');
    });

    it('takes a reason of several lines as one, and shows who gave it', async () => {
      const placed = await personAt(world, 'blocked');
      const { person } = support;
      await person.open(`/support/${placed.id}`);
      await person.press('Open a new window', { reason: 'Was on leave\r\n<b>back</b> now' });
      assert.equal(person.path, `/support/${placed.id}`);
      const newest = person.page('.app-timeline__entry').first();
      assert.match(newest.text(), /New window opened/);
      assert.match(newest.text(), /Robin Hart/);
      assert.match(newest.text(), /Was on leave <b>back<\/b> now/);
    });

    it('never on oneself where that would lock oneself out', async () => {
      const { person, id } = support;
      await person.open(`/support/${id}`);
      assert.match(person.text, /You cannot suspend or erase yourself/);
      for (const name of ['suspend', 'erase']) {
        assert.equal(person.page(`form[action$="/${name}"]`).length, 0);
        await person.post(`/support/${id}/${name}`, { reason: 'because' });
        assert.deepEqual(person.errors, ['This is not for you to decide']);
      }
      assert.equal((await factsOf(world, id)).stage, 'active');
    });

    it('refuses what is no action, and fields that no form of ours has', async () => {
      const placed = await personAt(world, 'active');
      const { person } = support;
      await person.open(`/support/${placed.id}`);
      const token = person.csrfToken;
      for (const name of ['activate', 'block', 'constructor', '__proto__']) {
        await person.post(`/support/${placed.id}/${name}`, { reason: 'because', _csrf: token });
        assert.equal(person.status, 404, name);
      }
      await person.post(`/support/${placed.id}/suspend`, { reason: 'x', stage: 'active', _csrf: token });
      assert.equal(person.status, 400);
      await person.post('/support/nobody/suspend', { reason: 'x', _csrf: token });
      assert.equal(person.status, 404);
      assert.equal((await factsOf(world, placed.id)).stage, 'active');
    });
  });
});
