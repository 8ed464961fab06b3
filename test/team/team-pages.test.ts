import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ACTIONS, STAFF_ACTIONS } from '../../store/actions.js';
import { STAGES } from '../../store/facts.js';
import { later } from '../../store/steps.js';
import { call, newKey } from '../rest/calls.js';
import { dumpOf } from '../security/dump.js';
import { anotherBrowser, factsOf, formTokenOf, type Placed, personAt } from '../security/people.js';
import { formHeaders, send } from '../security/requests.js';
import { storedBatch } from '../support/batches.js';
import { newEmail, PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

const HOUR = 3_600_000;

describe('the pages of team leads', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false, policy: { resendCooldown: 0 } });
    Object.assign(world.gateway, { act: async () => undefined });
  });
  after(() => world?.stop());

  /** A lead with a team of their own. */
  async function lead(): Promise<Placed & { teamId: string }> {
    const teamId = `team-${randomUUID()}`;
    await world.store.teams.ensure({ _id: teamId, name: 'Heart failure clinic', timeZone: 'UTC' });
    const facts = { role: 'team-lead' as const, teamId, firstName: 'Grace', lastName: 'Okafor' };
    return { ...(await personAt(world, 'active', { facts })), teamId };
  }
  const namesOn = ({ page }: Person) =>
    page('.app-person__name')
      .toArray()
      .map((each) => page(each).text().trim());

  describe('to everybody else', () => {
    const post = async (person: Person, path: string, fields: Record<string, string>) => {
      const body = new URLSearchParams({ ...fields, _csrf: await formTokenOf(world, person) });
      const headers = await formHeaders(person);
      return send(world.url, { method: 'POST', path, headers, body: body.toString() });
    };
    async function assertNothing(person: Person, expected: number): Promise<void> {
      const { id } = await personAt(world, 'invited');
      const before = await dumpOf(world);
      for (const path of ['/team', `/team/${id}`, '/team/invite-many', '/team/api-keys', '/team/batches/x']) {
        const headers = { cookie: await person.cookieHeader() };
        const { status } = await send(world.url, { path, headers });
        assert.deepEqual([path, status], [path, expected]);
      }
      for (const [path, fields] of Object.entries({
        [`/team/${id}/revoke`]: { reason: 'because' },
        '/team/invite-many': { csv: 'email\na@example.org' },
        '/team/invite-many/confirm': { csv: 'email\na@example.org', id: 'x' },
        '/team/api-keys': { label: 'x', days: '30', password: PASSWORD },
        '/team/api-keys/demo/revoke': {},
      })) {
        assert.deepEqual([path, (await post(person, path, fields)).status], [path, expected]);
      }
      const { sessions: _, ...after } = await dumpOf(world);
      const { sessions: _s, ...rest } = before;
      assert.deepEqual(after, rest);
    }

    it('are not there; who may become one is sent where they are', async () => {
      for (const role of ['clinician', 'support'] as const) {
        await assertNothing((await personAt(world, 'active', { facts: { role } })).person, 404);
      }
      await assertNothing(await new Person(world.url).open('/sign-in'), 303);
      const { id } = await lead();
      await assertNothing(await anotherBrowser(world, id, 'password'), 303);
      const pending = await lead();
      await world.store.onboardings.model.updateOne({ _id: pending.id }, { $unset: { disclaimer: 1 } });
      await assertNothing(pending.person, 303);
      assert.equal((await pending.person.open('/team')).path, '/dashboard');
      for (const stage of STAGES.filter((each) => each !== 'active')) {
        const { person } = await personAt(world, stage, { facts: { role: 'team-lead' } });
        await assertNothing(person, 303);
      }
    });

    it('are not on the dashboard, and give them no more room for a form', async () => {
      const { person } = await personAt(world, 'active');
      await person.open('/dashboard');
      assert.equal(person.page('a[href^="/team"]').length, 0);
      const csv = 'x'.repeat(20_000);
      assert.equal((await post(person, '/team/invite-many', { csv })).status, 413);
    });

    it('show nothing of another team', async () => {
      const [mine, other] = [await lead(), await lead()];
      const theirs = await personAt(world, 'invited', { facts: { teamId: other.teamId } });
      const batchId = await storedBatch(world, { teamId: other.teamId });
      const key = await newKey(world, { teamId: other.teamId });
      const { person } = mine;
      const before = await factsOf(world, theirs.id);
      for (const path of [`/team/${theirs.id}`, `/team/batches/${batchId}`]) {
        assert.equal((await person.open(path)).status, 404, path);
      }
      assert.equal((await post(person, `/team/${theirs.id}/revoke`, { reason: 'x' })).status, 404);
      assert.equal((await post(person, `/team/api-keys/${key.id}/revoke`, {})).status, 404);
      await person.open('/team');
      assert.ok(!person.text.includes(theirs.email));
      assert.deepEqual(await factsOf(world, theirs.id), before);
      assert.equal((await world.store.apiKeys.find(key.id))?.revokedAt, undefined);
    });
  });

  it('list the team’s invitations, by stage and page by page, from the dashboard', async () => {
    const { person, teamId } = await lead();
    const at = world.now();
    for (let n = 0; n < 30; n++) {
      const facts = { teamId, firstName: `Nr${n}`, lastName: '', createdAt: later(at, -(n + 1) * HOUR) };
      await personAt(world, n === 29 ? 'blocked' : 'invited', { facts });
    }
    await person.open('/dashboard');
    await person.open(person.page('a[href="/team"]').attr('href') ?? '');
    assert.equal(person.heading, "Your team's invitations");
    assert.match(person.text, /The invitation can be answered until/);
    assert.deepEqual(namesOn(person).slice(0, 3), ['Grace Okafor', 'Nr0', 'Nr1']);
    assert.equal(namesOn(person).length, 25);
    await person.open(person.page('a[rel=next]').attr('href') ?? '');
    assert.deepEqual(namesOn(person), ['Nr24', 'Nr25', 'Nr26', 'Nr27', 'Nr28', 'Nr29']);
    await person.open('/team?stage=blocked');
    assert.deepEqual(namesOn(person), ['Nr29']);
    assert.equal((await person.open('/team?stage=nonsense')).status, 400);
  });

  it('show one invitation: where the person is and what happened, without support’s names and reasons', async () => {
    const { person, teamId } = await lead();
    const placed = await personAt(world, 'blocked', { facts: { teamId } });
    const support = await personAt(world, 'active', {
      facts: { role: 'support', firstName: 'Canary', lastName: 'Name' },
    });
    await actAs(world, placed.id, 'new-window');
    await world.store.onboardings.model.updateOne(
      { _id: placed.id },
      { $set: { 'outbox.1.actor.id': support.id } },
    );
    await person.open(`/team/${placed.id}`);
    assert.equal(person.heading, 'Sam Taylor');
    assert.match(person.text, /New window opened/);
    assert.match(person.text, /By support/);
    assert.doesNotMatch(person.text, /Canary|a reason|Mobile phone/);
  });

  it('offer exactly the actions that the table allows a team lead, each with its reason', async () => {
    const { person, teamId, id: me } = await lead();
    for (const stage of STAGES.filter((each) => each !== 'erased')) {
      const { id } = await personAt(world, stage, { facts: { teamId } });
      await person.open(`/team/${id}`);
      const offered = person
        .page('details.app-act')
        .toArray()
        .map((each) => person.page(each).attr('id')?.replace('act-', ''));
      const allowed = STAFF_ACTIONS.filter(
        (name) =>
          stage in ACTIONS[name].from && (ACTIONS[name].by as readonly string[]).includes('team-lead'),
      );
      assert.deepEqual([stage, offered], [stage, allowed]);
    }
    const { id } = await personAt(world, 'invited', { facts: { teamId } });
    await person.open(`/team/${id}`);
    await person.press('Withdraw the invitation', { reason: '' });
    assert.deepEqual([person.status, person.errors], [422, ['Give a reason, in at most 500 characters']]);
    await person.press('Withdraw the invitation', { reason: 'Left the\nhospital' });
    assert.match(person.text, /Done: Withdraw the invitation/);
    const { outbox, reasons } = await factsOf(world, id);
    assert.deepEqual(outbox.at(-1)?.actor, { kind: 'team-lead', id: me });
    assert.equal(reasons?.at(-1)?.text, 'Left the hospital');
    await person.post(`/team/${id}/erase`, { reason: 'because' });
    assert.deepEqual(person.errors, ['This is not for you to decide']);
  });

  it('correct an address, and keep what was typed where it is wrong', async () => {
    const { person, teamId } = await lead();
    const { id, email } = await personAt(world, 'invited', { facts: { teamId } });
    await person.open(`/team/${id}`);
    await person.press('Correct the email address', { reason: 'Typing error', email: 'sam@' });
    assert.match(String(person.errors), /right form/);
    assert.equal(person.page('#email-correct-email').attr('value'), 'sam@');
    const right = newEmail();
    await person.press('Correct the email address', { reason: 'Typing error', email: right });
    assert.equal((await factsOf(world, id)).email, right);
    assert.notEqual(right, email);
  });

  it('leave staff to support', async () => {
    const { person, teamId, id: me } = await lead();
    const { id } = await personAt(world, 'active', { facts: { teamId, role: 'support' } });
    for (const each of [id, me]) {
      await person.open(`/team/${each}`);
      assert.equal(person.page('details.app-act').length, 0);
      await person.post(`/team/${each}/suspend`, { reason: 'because' });
      assert.equal(person.status, 422);
      assert.equal((await factsOf(world, each)).stage, 'active');
    }
  });

  it('invite one person as the team’s lead', async () => {
    const { person, id: me } = await lead();
    const email = newEmail();
    await person.open('/invite-colleague');
    await person.press('Send invitation', { email, firstName: 'Noor', lastName: '', message: '' });
    assert.equal(person.heading, 'Noor');
    const invited = await world.store.onboardings.findByEmail(email);
    assert.deepEqual(invited?.invitedBy, { kind: 'team-lead', id: me, name: 'Grace Okafor' });
    assert.equal(invited?.role, 'clinician');
  });

  describe('for many people', () => {
    it('show what would happen before anything does, then the progress of the list', async () => {
      const { person, teamId } = await lead();
      const [first, second] = [newEmail(), newEmail()];
      await personAt(world, 'invited', { facts: { teamId, email: second, emailSlot: second } });
      await person.open('/team/invite-many');
      const csv = `email\tfirstName\r\n${first}\tNoor\r\n${second}\t\r\nnobody\tSam`;
      const before = await world.store.onboardings.model.countDocuments({});
      await person.press('Check the list', { csv });
      assert.equal(person.heading, 'Check before you send');
      assert.match(person.text, /1 person would be invited\. Nothing has been sent yet/);
      assert.match(person.text, /Row 3: nobody/);
      assert.equal(await world.store.batches.model.countDocuments({ teamId }), 0);
      const confirm = Object.fromEntries(
        ['csv', 'id', '_csrf'].map((name) => [
          name,
          person.page('form[action$=confirm]').find(`[name=${name}]`).attr('value') ?? '',
        ]),
      );
      await person.press('Invite 1 person');
      assert.match(person.path, /^\/team\/batches\//);
      assert.equal(person.heading, 'Sending invitations');
      assert.equal(person.page('meta[http-equiv=refresh]').length, 1);
      const { path } = person;
      // Pressed twice, by a double click or the way back.
      await person.post('/team/invite-many/confirm', confirm);
      assert.equal(person.path, path);
      assert.equal(await world.store.batches.model.countDocuments({ teamId }), 1);
      assert.equal(await world.store.onboardings.model.countDocuments({}), before);

      await world.startWorker();
      for (let tries = 0; tries < 500 && person.heading !== 'Invitations sent'; tries++) {
        await person.open(path);
      }
      await world.stopWorker();
      assert.match(person.text, /3 of 3 rows are done/);
      assert.match(person.text, /New invitations ?1/);
      assert.equal((await world.store.onboardings.findByEmail(first))?.invitedBy.kind, 'team-lead');
      await person.open('/team');
      assert.match(person.text, /3 rows/);
    });

    it('say what is wrong with a list, and keep it', async () => {
      const { person } = await lead();
      await person.open('/team/invite-many');
      await person.press('Check the list', { csv: 'email,team\na@example.org,b' });
      assert.equal(person.status, 422);
      assert.match(String(person.errors), /There is no column “team”. The columns are email, /);
      assert.equal(person.page('#csv').val(), 'email,team\na@example.org,b');
      for (const [csv, error] of [
        ['email', /at least one person/],
        ['sam@example.org,Sam', /^The first line must name the columns: email, /],
        ['firstName\nSam', /^The first line must name the column email$/],
        ['email,email\na@example.org,b@example.org', /first line twice/],
        ['email,firstName\na@example.org,"Sam', /^Line 2: a quotation mark is never closed$/],
        ['email,firstName\na@example.org,"Sam" x', /^Line 2: a quotation mark stands in the middle/],
        [`email\n${'x'.repeat(17_000)}`, /^Line \d is too long/],
      ] as const) {
        await person.press('Check the list', { csv });
        assert.match(String(person.errors), error);
      }
    });

    it('have room for a full list', async () => {
      const { person } = await lead();
      const csv = `email,firstName\n${Array.from({ length: 10_000 }, (_, n) => `p${n}.${randomUUID()}@example.org,"A, B"`).join('\n')}`;
      await person.open('/team/invite-many');
      await person.press('Check the list', { csv });
      assert.match(person.text, /10000 people would be invited/);
    });
  });

  describe('for API keys', () => {
    it('make one for the password, show it once, and revoke it', async () => {
      const { person, teamId, id: me, email } = await lead();
      await person.open('/team/api-keys');
      await person.press('Make a key', { label: 'Rota', days: '30', password: 'not mine at all' });
      assert.deepEqual(person.errors, ['That is not your password. Please try again']);
      assert.equal((await world.store.apiKeys.ofTeam(teamId, 10)).length, 0);
      await person.press('Make a key', { label: 'Rota', days: '30', password: PASSWORD });
      const key = person.page('.app-key').text();
      assert.match(key, /^key_[\w-]{43}$/);
      assert.match(String(person.headers.get('cache-control')), /no-store/);
      const [stored] = await world.store.apiKeys.ofTeam(teamId, 10);
      assert.deepEqual([stored?.ownerId, stored?.ownerEmail, stored?.label], [me, email, 'Rota']);
      assert.ok(!JSON.stringify(await dumpOf(world)).includes(key));
      const door = { url: world.url, apiKey: key };
      assert.equal((await call(door, 'listInvitations')).status, 200);
      await person.open('/team/api-keys');
      assert.ok(!person.page.html().includes(key), 'shown once');
      assert.match(person.text, /Works until \d+ \w+ 20\d\d/, 'with the year: it may be a year away');
      await person.press('Revoke Rota');
      assert.match(person.text, /Revoked/);
      assert.equal((await call(door, 'listInvitations')).status, 401);
    });

    it('ask for a password no more often than sign-in does', async () => {
      const { person } = await lead();
      await person.open('/team/api-keys');
      for (let n = 0; n < 10; n++) {
        await person.post('/team/api-keys', { label: 'x', days: '30', password: `wrong ${n}` });
        assert.equal(person.status, 422);
      }
      await person.post('/team/api-keys', { label: 'x', days: '30', password: PASSWORD });
      assert.equal(person.status, 429);
    });

    it('end with their owner’s suspension, and forget the owner who is erased', async () => {
      for (const action of ['suspend', 'erase'] as const) {
        const { person, teamId, id } = await lead();
        await person.open('/team/api-keys');
        await person.press('Make a key', { label: 'Rota', days: '30', password: PASSWORD });
        await actAs(world, id, action);
        const [key] = await world.store.apiKeys.ofTeam(teamId, 10);
        assert.ok(key?.revokedAt, action);
        if (action === 'suspend') continue;
        // What the workflow does next.
        await world.store.erasure.eraseTraces(id);
        assert.deepEqual(await world.store.apiKeys.ofTeam(teamId, 10), []);
      }
    });
  });
});
