import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { inviteRows } from '../../activities/invite-rows.js';
import type { Actor, Onboarding, Stage } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { eraseAgain, eraseEnded, staffAction } from '../../store/steps.js';
import { storedBatch } from '../support/batches.js';
import { newEmail } from '../support/journey.js';
import { DAY, onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

const HELD = new Set<Stage>([
  'invited',
  'verifying',
  'enrolling',
  'confirming',
  'active',
  'suspended',
  'blocked',
]);
const OLD = sinceT0(91 * DAY);

describe('an erasure, in the database', function () {
  this.timeout(60_000);
  let store: Store;
  before(async () => {
    store = await freshStore();
    for (const [_id, name] of [
      ['team', 'Team A'],
      ['another', 'Team B'],
    ] as const)
      await store.teams.ensure({ _id, name, timeZone: 'UTC' });
  });
  after(() => store?.close());

  /** Somebody at a stage; who is out of it holds the address no more. */
  async function someone(stage: Stage, facts: Partial<Onboarding> = {}): Promise<Onboarding> {
    const o = onboardingAt(stage, { firstName: 'Canary', message: 'Canary', ...facts });
    if (HELD.has(stage)) o.emailSlot = o.email;
    else delete o.emailSlot;
    return store.onboardings.insert(o);
  }
  const found = async (id: string) => (await store.onboardings.find(id)) ?? assert.fail();
  const judge = (at: Date, actor: Actor = { kind: 'support', id: 's' }) =>
    staffAction({ action: { name: 'erase' }, actor, reason: 'asked', at }, policy);
  const decide = (id: string, at = sinceT0(SECOND)) => store.erasure.decide(id, judge(at));
  /** As support has somebody erased. */
  async function erase(id: string, at?: Date): Promise<void> {
    assert.ok((await decide(id, at)).done);
    await store.erasure.eraseTraces(id);
  }
  /** As retention does. */
  async function retain(id: string, asOf = OLD): Promise<void> {
    assert.ok((await store.onboardings.take(id, eraseEnded({ asOf }, policy))).done);
    await store.erasure.eraseTraces(id);
  }
  async function newKey(owner: { ownerId?: string; ownerEmail: string; teamId?: string }): Promise<string> {
    const _id = randomUUID();
    const times = { createdAt: T0, expiresAt: sinceT0(365 * DAY) };
    await store.apiKeys.ensure({
      _id,
      key: `key-${_id}`,
      teamId: 'team',
      ownerName: 'Canary',
      ...times,
      ...owner,
    });
    return _id;
  }
  const invitedWith = (key: string) =>
    someone('active', { invitedBy: { kind: 'api-key', id: key, name: 'Canary' } });
  const rowOf = async (batchId: string) =>
    (await store.batches.rows(batchId, { after: 0, limit: 1 }))[0] ?? assert.fail();

  describe('that was asked for, of somebody whom a row of a batch waits to invite', () => {
    before(() =>
      store.apiKeys.ensure({
        _id: 'demo',
        key: 'the key that handed the batch in',
        teamId: 'demo',
        ownerName: 'Dr Alex Morgan',
        createdAt: T0,
        expiresAt: sinceT0(DAY),
      }),
    );
    const handIn = (email: string) => storedBatch({ store, now: () => T0 }, { email, firstName: 'Canary' });

    /** One try at the rows of a batch. @param meanwhile happens when it has read them */
    async function tryRows(batchId: string, meanwhile = async () => {}): Promise<string[]> {
      const nudged: string[] = [];
      const { batches } = store;
      const undecided: typeof batches.undecided = async (input) => {
        const rows = await batches.undecided(input);
        await meanwhile();
        return rows;
      };
      const dependencies = {
        store: { ...store, batches: { ...batches, undecided } },
        policy,
        clock: () => sinceT0(60 * SECOND),
        nudge: async ({ _id }: Onboarding) => nudged.push(_id),
      };
      const rows = inviteRows(dependencies as unknown as Parameters<typeof inviteRows>[0]);
      await new MockActivityEnvironment().run(rows, { batchId, from: 1 });
      return nudged;
    }
    async function assertNotInvited(batchId: string, email: string): Promise<void> {
      const { outcome, reason, request } = await rowOf(batchId);
      assert.deepEqual([outcome, reason, request], ['refused', 'cannot-invite', undefined]);
      assert.equal(await store.onboardings.model.countDocuments({ email }), 0);
    }

    it('the row invites, where nobody is erased', async () => {
      const email = newEmail();
      const batch = await handIn(email);
      assert.equal((await tryRows(batch)).length, 1);
      assert.equal((await rowOf(batch)).outcome, 'created');
    });

    for (const stage of ['active', 'verifying', 'expired', 'revoked'] as const) {
      it(`(${stage}) it does not, when a worker has it in hand while all of the erasure happens`, async () => {
        const { _id, email } = await someone(stage);
        const batch = await handIn(email);
        assert.deepEqual(await tryRows(batch, () => erase(_id)), []);
        await assertNotInvited(batch, email);
      });

      it(`(${stage}) it does not, between the decision and the end of the traces, nor later`, async () => {
        const { _id, email } = await someone(stage);
        const batch = await handIn(email);
        assert.ok((await decide(_id)).done);
        assert.deepEqual(await tryRows(batch), []);
        await assertNotInvited(batch, email);
        await store.erasure.eraseTraces(_id);
        assert.deepEqual(await tryRows(batch), []);
        await assertNotInvited(batch, email);
      });
    }

    it('the address can be invited anew, and many rows of many batches are refused', async () => {
      const { _id, email } = await someone('expired');
      const batches = await Promise.all(Array.from({ length: 5 }, () => handIn(email)));
      await erase(_id);
      for (const batch of batches) await assertNotInvited(batch, email);
      const anew = await handIn(email);
      assert.equal((await tryRows(anew)).length, 1);
    });

    it('what takes the place of its invitation is in no list, counts as nobody and is not erased again', async () => {
      const { _id, email } = await someone('active', { teamId: 'of-its-own' });
      const batch = await storedBatch({ store, now: () => T0 }, { email, teamId: 'of-its-own' });
      const ids = async () => (await store.onboardings.model.find().lean()).map((each) => each._id);
      const before = new Set(await ids());
      await erase(_id);
      await assertNotInvited(batch, email);
      const [made, ...more] = (await ids()).filter((id) => !before.has(id));
      assert.ok(made && more.length === 0);
      const listed = await store.onboardings.search({}, { at: sinceT0(DAY), limit: 1_000 });
      assert.ok(!listed.some((each) => each._id === made));
      assert.ok(!(await store.onboardings.erasedSince(T0)).includes(made));
      const { stage, email: left, firstName, outbox, untoldSince } = await found(made);
      assert.deepEqual(
        [stage, left, firstName, outbox, untoldSince],
        ['erased', '', undefined, [], undefined],
      );
    });

    it('nobody is refused where the erasure itself is, nor by that of another address', async () => {
      const { _id, email } = await someone('active');
      const batch = await handIn(email);
      const outcome = await store.erasure.decide(
        _id,
        judge(sinceT0(SECOND), { kind: 'api-key', id: 'demo' }),
      );
      assert.deepEqual([outcome.done, 'refused' in outcome && outcome.refused], [false, 'not-allowed']);
      await erase((await someone('active'))._id);
      assert.equal((await rowOf(batch)).outcome, undefined);
    });

    it('nobody is refused where retention erases: the row is somebody’s new invitation', async () => {
      const { _id, email } = await someone('expired');
      const batch = await handIn(email);
      await retain(_id);
      assert.equal((await tryRows(batch)).length, 1);
      assert.equal((await rowOf(batch)).outcome, 'created');
    });
  });

  describe('by retention, of a first invitation that ran out', () => {
    it('leaves the keys of whoever came in by a second one, and the name on what was invited with them', async () => {
      const { email, _id: first } = await someone('expired');
      const { _id: lead } = await someone('active', { email, role: 'team-lead' });
      const keys = [await newKey({ ownerId: lead, ownerEmail: email }), await newKey({ ownerEmail: email })];
      const colleagues = await Promise.all(keys.map(invitedWith));
      await retain(first);
      for (const key of keys) assert.equal((await store.apiKeys.find(key))?.ownerName, 'Canary');
      for (const { _id } of colleagues) {
        const { invitedBy, message } = await found(_id);
        assert.deepEqual([invitedBy.name, message], ['Canary', 'Canary']);
      }
    });

    it('leaves the key of another team, whose owner somebody has invited and let go', async () => {
      const ownerEmail = newEmail();
      const key = await newKey({ ownerEmail });
      await retain((await someone('revoked', { email: ownerEmail, teamId: 'another' }))._id);
      assert.equal((await store.apiKeys.find(key))?.ownerEmail, ownerEmail);
    });

    it('takes the keys that its own person made', async () => {
      const { _id, email } = await someone('blocked');
      const key = await newKey({ ownerId: _id, ownerEmail: email });
      await retain(_id, sinceT0(121 * DAY));
      assert.equal(await store.apiKeys.find(key), null);
    });
  });

  describe('that was asked for', () => {
    it('takes the keys that were made at the terminal for the address in the same team', async () => {
      const { _id, email } = await someone('active');
      const [made, terminal] = [
        await newKey({ ownerId: _id, ownerEmail: email }),
        await newKey({ ownerEmail: email }),
      ];
      const { _id: colleague } = await invitedWith(terminal);
      await erase(_id);
      assert.deepEqual([await store.apiKeys.find(made), await store.apiKeys.find(terminal)], [null, null]);
      const { invitedBy, message } = await found(colleague);
      assert.deepEqual([invitedBy.name, message], ['Team A', undefined]);
    });

    it('leaves another team its key and its programs, in the team’s name', async () => {
      const { _id, email } = await someone('active', { teamId: 'another' });
      const key = await newKey({ ownerEmail: email });
      const { _id: colleague } = await invitedWith(key);
      await erase(_id);
      const { ownerName, ownerEmail } =
        (await store.apiKeys.findValid(`key-${key}`, sinceT0(DAY))) ?? assert.fail();
      assert.deepEqual([ownerName, ownerEmail], ['Team A', undefined]);
      assert.equal((await found(colleague)).invitedBy.name, 'Team A');
    });

    it('takes the invitations of the address that ended before, in every team, with what is theirs', async () => {
      const { email, _id: expired } = await someone('expired');
      const { _id: revoked } = await someone('revoked', { email, teamId: 'another' });
      const { _id } = await someone('active', { email });
      const { _id: stranger } = await someone('expired');
      const mail = {
        _id: randomUUID(),
        onboardingId: expired,
        channel: 'mail',
        kind: 'invitation',
        about: 'l',
      } as const;
      await store.messages.begin(mail, T0);
      await erase(_id);
      for (const id of [expired, revoked, _id]) {
        const { stage, erasing, attempt, outbox, ...left } = await found(id);
        assert.deepEqual([stage, erasing, attempt, outbox.at(-1)?.type], ['erased', undefined, 2, 'erased']);
        assert.doesNotMatch(JSON.stringify(left), /Canary|@/);
      }
      assert.deepEqual(await store.messages.of(expired), []);
      assert.deepEqual((await found(expired)).outbox.at(-1)?.data, { of: _id });
      assert.equal((await found(stranger)).firstName, 'Canary');
    });

    it('of an old invitation leaves all to whoever came in by a newer one', async () => {
      const { email, _id: old } = await someone('expired');
      const { _id: older } = await someone('expired', { email });
      const { _id: member } = await someone('active', { email });
      const key = await newKey({ ownerEmail: email });
      await erase(old);
      assert.equal((await found(old)).email, '');
      assert.deepEqual([(await found(member)).stage, (await found(older)).stage], ['active', 'expired']);
      assert.ok(await store.apiKeys.find(key));
    });

    it('leaves whoever was invited after it, also where that has ended before the traces are erased', async () => {
      const { email, _id } = await someone('active');
      const key = await newKey({ ownerEmail: email });
      assert.ok((await decide(_id)).done);
      const createdAt = sinceT0(2 * SECOND);
      const { _id: ended } = await someone('revoked', { email, createdAt });
      const { _id: open } = await someone('invited', { email, createdAt });
      await store.erasure.eraseTraces(_id);
      assert.deepEqual([(await found(ended)).stage, (await found(open)).stage], ['revoked', 'invited']);
      assert.equal(await store.apiKeys.find(key), null);
    });
  });

  it('that a backup has undone is done again as it was asked for, unless its time is up', async () => {
    for (const [stage, at, asked] of [
      ['active', OLD, true],
      ['expired', sinceT0(30 * DAY), true],
      ['expired', OLD, false],
    ] as const) {
      const { _id, seq, email } = await someone(stage);
      await store.erasure.decide(_id, eraseAgain({ attempt: 2, seq, at }, policy));
      const { erasing } = await found(_id);
      assert.deepEqual(erasing?.email, email);
      assert.equal(erasing?.unasked, asked ? undefined : true, `${stage} ${at.toISOString()}`);
    }
  });
});
