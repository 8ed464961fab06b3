import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { personAt } from '../security/people.js';
import { postApi } from '../security/requests.js';
import { eventually } from '../support/eventually.js';
import { invited, newEmail, toDashboard } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { call } from './calls.js';

const reason = 'Asked for it by phone';
const codeOf = ({ json }: { json: Record<string, unknown> }) =>
  String(json['type']).replace('urn:problem:', '');

describe('actions of a team lead, with a worker', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ policy: { resendCooldown: 0 } });
  });
  after(() => world?.stop());

  const act = (id: string, name: string, body: object = { reason }) => call(world, name, { id, body });
  const stageOf = async (id: string) => (await world.store.onboardings.find(id))?.stage;

  it('are carried out: mailed again, corrected, revoked', async () => {
    const { id, email } = await invited(world);
    const again = await act(id, 'resend');
    assert.deepEqual([again.status, again.json['stage']], [200, 'invited']);
    await eventually(
      'a second mail',
      async () => world.inbox.mails.filter(({ to }) => to === email).length === 2,
    );

    const right = newEmail();
    const corrected = await act(id, 'correctEmail', { reason, email: right.toUpperCase() });
    assert.deepEqual([corrected.status, corrected.json['email']], [200, right]);
    await world.inbox.nextMail(({ to }) => to === right);

    const revoked = await act(id, 'revoke');
    assert.deepEqual([revoked.status, revoked.json['stage']], [200, 'revoked']);
    assert.equal(revoked.headers.location, `/api/v1/invitations/${id}`);
    const stored = await world.store.onboardings.find(id);
    assert.deepEqual(
      stored?.outbox
        .filter(({ actor }) => actor.kind === 'api-key')
        .map(({ type, actor }) => [type, actor.id]),
      [
        ['invited', 'demo'],
        ['resent', 'demo'],
        ['email-corrected', 'demo'],
        ['revoked', 'demo'],
      ],
    );
    assert.deepEqual(
      stored?.reasons?.map(({ text }) => text),
      [reason, reason, reason],
    );
  });

  it('suspend and reinstate somebody who is active', async () => {
    const { id, person } = await toDashboard(world);
    assert.deepEqual([(await act(id, 'suspend')).status, await stageOf(id)], [200, 'suspended']);
    assert.equal((await person.open('/dashboard')).path, '/sign-in');
    assert.deepEqual([(await act(id, 'reinstate')).status, await stageOf(id)], [200, 'active']);
  });
});

describe('actions of a team lead, without a worker', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const factsOf = (id: string) => world.store.onboardings.find(id);

  it('are accepted, and said to be under way', async () => {
    const { json } = await call(world, 'invitePerson', { body: { email: newEmail() } });
    const id = String(json['id']);
    const revoked = await call(world, 'revoke', { id, body: { reason } });
    assert.deepEqual([revoked.status, revoked.json['stage']], [202, 'revoked']);
    assert.equal((await factsOf(id))?.stage, 'revoked');
  });

  describe('where the workflow answers', () => {
    before(() => Object.assign(world.gateway, { act: async () => undefined }));

    it('come too soon one after another, and are told when to come again', async () => {
      const { id } = await personAt(world, 'invited');
      const answer = await call(world, 'resend', { id, body: { reason } });
      assert.deepEqual([answer.status, codeOf(answer)], [429, 'too-soon']);
      assert.equal(answer.headers['retry-after'], '30');
    });

    it('need an address that can be mailed, is another one, and nobody else’s', async () => {
      const [{ id, email }, other] = [await personAt(world, 'invited'), await personAt(world, 'active')];
      world.advance(30_000);
      for (const [wrong, status, code] of [
        ['nobody', 400, 'email-invalid'],
        ['a@example.org\r\nBcc: b@example.org', 400, 'email-invalid'],
        [email, 400, 'same-email'],
        [other.email, 409, 'cannot-invite'],
      ] as const) {
        const answer = await call(world, 'correctEmail', { id, body: { reason, email: wrong } });
        assert.deepEqual([wrong, answer.status, codeOf(answer)], [wrong, status, code]);
      }
      assert.equal((await factsOf(id))?.email, email);
    });

    it('take a body as it is documented and nothing else', async () => {
      const { id } = await personAt(world, 'invited');
      const before = await factsOf(id);
      const email = newEmail();
      for (const [what, body] of Object.entries({
        nothing: {},
        'an empty reason': { reason: '' },
        'a blank reason': { reason: ' \t ' },
        'a reason of two lines': { reason: 'a\nb' },
        'a reason that turns the text around': { reason: '\u202ea' },
        'too long a reason': { reason: 'x'.repeat(501) },
        'a number': { reason: 1 },
        'a list': { reason: ['because'] },
        'an operator': { reason: { $ne: null } },
        null: { reason: null },
        'an unknown field': { reason, force: true },
        'an actor': { reason, actor: { kind: 'support' } },
        'a team': { reason, teamId: 'another-team' },
        'an address where none is wanted': { reason, email },
        prototype: '{"reason":"a","__proto__":{"name":"erase"}}',
        'a reason twice': '{"reason":"a","reason":"b"}',
        'no JSON': 'reason=a',
        'a list of bodies': [{ reason }],
        'an empty body': '',
      })) {
        const answer = await call(world, 'revoke', { id, body });
        assert.deepEqual([what, answer.status], [what, 400]);
      }
      const query = 'reason=because&force=1';
      assert.equal((await call(world, 'revoke', { id, body: { reason }, query })).status, 400);
      const large = { reason: 'x'.repeat(20_000) };
      assert.equal((await call(world, 'revoke', { id, body: large })).status, 413);
      const bomb = gzipSync(JSON.stringify({ reason: 'x'.repeat(10_000_000) }));
      const packed = await call(world, 'revoke', { id, body: bomb, headers: { 'content-encoding': 'gzip' } });
      assert.equal(packed.status, 413);
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=latin1',
      ]) {
        const answer = await call(world, 'revoke', {
          id,
          body: { reason },
          headers: { 'content-type': type },
        });
        assert.deepEqual([type, answer.status], [type, 415]);
      }
      assert.deepEqual(await factsOf(id), before);
    });

    it('of nobody’s invitation, or by no such name, are not found', async () => {
      const foreign = await personAt(world, 'invited', { facts: { teamId: 'another-team' } });
      const { id } = await personAt(world, 'invited');
      for (const [path, status] of [
        [`${foreign.id}/revoke`, 404],
        [`${foreign.id}/erase`, 404],
        [`${randomUUID()}/revoke`, 404],
        ['%7B%24ne%3Anull%7D/revoke', 404],
        [`${id}/activate`, 404],
        [`${id}/Revoke`, 404],
        [`${id}/constructor`, 404],
        [`${id}/__proto__`, 404],
        [`${id}/revoke/again`, 404],
      ] as const) {
        const answer = await postApi(world, { reason }, { path: `/api/v1/invitations/${path}` });
        assert.deepEqual([path, answer.status], [path, status]);
        assert.equal(JSON.parse(answer.body).type, 'urn:problem:not-found');
      }
      assert.equal((await factsOf(foreign.id))?.stage, 'invited');
    });
  });
});
