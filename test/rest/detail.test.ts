import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { STAGES } from '../../store/facts.js';
import { personAt } from '../security/people.js';
import { send } from '../security/requests.js';
import { eventually } from '../support/eventually.js';
import { createAccount, invited, toDashboard, verifyEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { call } from './calls.js';

interface Detail {
  stage: string;
  live: { stage: string; status: string; actsAt?: string } | null;
  liveAbsent?: string;
  timeline: { seq: number; type: string; actor: { kind: string } }[];
  messages: { kind: string; channel: string; state: string }[];
  actions: string[];
  [fact: string]: unknown;
}

const show = async (world: World, id: string) => {
  const { status, json, body } = await call(world, 'showInvitation', { id });
  assert.equal(status, 200, body);
  return json as unknown as Detail;
};

describe('one invitation, with a worker', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld();
  });
  after(() => world?.stop());

  it('shows what the workflow says, not what is stored', async () => {
    const invitation = await invited(world);
    const detail = await eventually('the mail is accepted', async () => {
      const now = await show(world, invitation.id);
      return now.messages[0]?.state === 'accepted' && now.live?.actsAt ? now : undefined;
    });
    assert.equal(detail.live?.status, 'RUNNING');
    assert.equal(detail.live?.stage, 'invited');
    assert.equal(detail.liveAbsent, undefined);
    assert.deepEqual(detail.actions, ['resend', 'correct-email', 'revoke']);
    // A fact that nobody has told the workflow of: the live state goes on saying what the workflow knows.
    await world.store.onboardings.model.updateOne({ _id: invitation.id }, { $set: { stage: 'enrolling' } });
    const after = await show(world, invitation.id);
    assert.deepEqual([after.stage, after.live?.stage], ['enrolling', 'invited']);
  });

  it('tells the whole story, filed or not, in order and once', async () => {
    const invitation = await toDashboard(world);
    const { id } = invitation;
    const told = [
      'invited',
      'invitation-mail-accepted',
      'account-created',
      'verification-mail-accepted',
      'email-verified',
      'number-entered',
      'code-confirmed',
      'activated',
    ];
    const types = ({ timeline }: Detail) => timeline.map(({ type }) => type);
    const fresh = await show(world, id);
    assert.deepEqual(new Set(types(fresh)), new Set(told));
    assert.deepEqual(
      fresh.timeline.map(({ seq }) => seq),
      fresh.timeline.map((_, n) => n + 1),
    );
    await world.sweep();
    assert.equal((await world.store.onboardings.find(id))?.outbox.length, 0);
    await call(world, 'suspend', { id, body: { reason: 'left' } });
    const filed = await show(world, id);
    assert.deepEqual(filed.timeline.slice(0, -1), fresh.timeline);
    assert.deepEqual(filed.timeline.at(-1)?.actor, { kind: 'api-key' });
    assert.deepEqual([...new Set(fresh.timeline.map(({ actor }) => actor.kind))].sort(), [
      'api-key',
      'clinician',
      'service',
    ]);
    assert.deepEqual([filed.live, filed.liveAbsent], [null, 'ended']);
    assert.deepEqual(
      fresh.messages.map(({ channel, kind }) => `${channel} ${kind}`),
      ['mail invitation', 'mail verification', 'text code'],
    );
  });

  it('shows no number, secret, password hash or typed reason', async () => {
    const invitation = await toDashboard(world);
    const reason = `because-${randomUUID()}`;
    const before = await world.store.onboardings.find(invitation.id);
    await call(world, 'suspend', { id: invitation.id, body: { reason } });
    const stored = await world.store.onboardings.find(invitation.id);
    const { body } = await call(world, 'showInvitation', { id: invitation.id });
    const secrets = [
      reason,
      stored?.phone,
      stored?.phone?.slice(-6),
      stored?.account?.passwordHash,
      before?.challenge?.codeHash,
      stored?.reasons?.[0]?.salt,
      stored?.requestHash,
      stored?.teamId,
      ...(stored?.links ?? []).map(({ id }) => id),
    ];
    for (const secret of secrets) assert.ok(secret && !body.includes(secret), `${secret}`);
  });

  it('says that the workflow was broken off', async () => {
    const { id } = await invited(world);
    await world.client.workflow.getHandle(`onboarding-${id}-1`).terminate();
    const { live, liveAbsent } = await show(world, id);
    assert.deepEqual([live, liveAbsent], [null, 'failed']);
  });

  it('follows somebody who verifies', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    const { stage, verifyBy, verifiedAt, accountCreatedAt, activatedAt } = await show(world, invitation.id);
    assert.equal(stage, 'enrolling');
    assert.ok(verifyBy && verifiedAt && accountCreatedAt && !activatedAt);
  });
});

describe('one invitation, without a worker', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
  });
  after(() => world?.stop());

  it('is shown with its facts, and no live state is made up', async () => {
    const { json } = await call(world, 'invitePerson', { body: { email: `${randomUUID()}@example.org` } });
    const { live, liveAbsent, stage, timeline } = await show(world, String(json['id']));
    assert.deepEqual([stage, live, liveAbsent], ['invited', null, 'no-worker']);
    assert.deepEqual(
      timeline.map(({ type, actor }) => [type, actor.kind]),
      [['invited', 'api-key']],
    );
  });

  it('says of a workflow that has ended that it has, though nobody answers for it', async () => {
    const { json } = await call(world, 'invitePerson', { body: { email: `${randomUUID()}@example.org` } });
    const id = String(json['id']);
    await world.client.workflow.getHandle(`onboarding-${id}-1`).terminate();
    const { live, liveAbsent } = await show(world, id);
    assert.deepEqual([live, liveAbsent], [null, 'failed']);
  });

  it('says that no workflow was started yet', async () => {
    const { id } = await personAt(world, 'invited');
    const { live, liveAbsent } = await show(world, id);
    assert.deepEqual([live, liveAbsent], [null, 'not-started']);
  });

  it('counts a deadline the moment it passes', async () => {
    const past = new Date(world.now().getTime() - 1_000);
    const expired = await personAt(world, 'invited', { facts: { inviteBy: past } });
    const blocked = await personAt(world, 'verifying', { facts: { verifyBy: past } });
    const one = await show(world, expired.id);
    assert.deepEqual([one.stage, one['stageSince'], one.actions], ['expired', past.toISOString(), []]);
    const other = await show(world, blocked.id);
    assert.deepEqual(
      [other.stage, other['stageSince'], other['blockedAt'], other.actions],
      ['blocked', past.toISOString(), past.toISOString(), ['new-window', 'correct-email']],
    );
  });

  it('names the problem that somebody has to help with', async () => {
    const since = world.now();
    const { id } = await personAt(world, 'invited', {
      facts: { needsSupport: { problem: 'invitation-undeliverable', since } },
    });
    const { problem } = await show(world, id);
    assert.deepEqual(problem, { code: 'invitation-undeliverable', since: since.toISOString() });
  });

  it('is shown at every stage as documented', async () => {
    for (const stage of STAGES) {
      const { id } = await personAt(world, stage);
      if (stage === 'erased') {
        await world.store.onboardings.model.updateOne({ _id: id }, { $set: { email: '' } });
      }
      assert.equal((await show(world, id)).stage, stage);
    }
  });

  it('takes no parameters', async () => {
    const { id } = await personAt(world, 'invited');
    for (const query of ['live=false', 'fields=phone', '__proto__=1', 'id=1&id=2']) {
      assert.equal((await call(world, 'showInvitation', { id, query })).status, 400, query);
    }
  });

  it('says so when Temporal is away', async () => {
    const { id } = await personAt(world, 'invited');
    const { live, seen } = world.gateway;
    const away = () => Promise.reject(Object.assign(new Error('14'), { name: 'ServiceError' }));
    Object.assign(world.gateway, { live: away, seen: away });
    try {
      const detail = await show(world, id);
      assert.deepEqual([detail.live, detail.liveAbsent], [null, 'unreachable']);
    } finally {
      Object.assign(world.gateway, { live, seen });
    }
    const { headers } = await send(world.url, { path: '/healthz' });
    assert.ok(headers['content-type']);
  });
});
