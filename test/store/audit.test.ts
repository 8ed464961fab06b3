import assert from 'node:assert/strict';
import type { Break } from '../../store/audit.js';
import type { Onboarding } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { staffAction, verifyEmail } from '../../store/steps.js';
import { onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

const soon = sinceT0(60 * SECOND);

describe('the audit trail', () => {
  let store: Store;
  beforeEach(async () => {
    store = await freshStore();
  });
  afterEach(() => store?.close());

  async function verified(): Promise<Onboarding> {
    const o = await store.onboardings.insert(onboardingAt('verifying'));
    const judge = verifyEmail({ linkId: o.linkId ?? '', at: soon });
    const { onboarding } = await store.onboardings.take(o._id, judge);
    assert.ok(onboarding);
    return onboarding;
  }
  async function filed(...onboardings: Onboarding[]): Promise<void> {
    await store.audit.file(onboardings, T0);
    await store.onboardings.markFiled(onboardings);
  }
  async function filedChain(): Promise<string> {
    const o = await verified();
    await filed(o);
    return o._id;
  }
  const rows = () => store.audit.model.collection;
  const checkpoints = () => store.audit.checkpoints.model.collection;
  async function breaks(): Promise<Break[]> {
    const found = [];
    for await (const each of store.audit.breaks()) found.push(each);
    return found;
  }

  it('is whole, also when it was filed twice at once', async () => {
    const [one, two] = [await verified(), await verified()];
    await Promise.all([filed(one, two), filed(two, one), filed(one)]);
    for (const { _id } of [one, two]) {
      assert.equal((await store.audit.of(_id)).length, 2);
      assert.equal(await store.audit.firstBreak(_id), undefined);
    }
    assert.deepEqual(await breaks(), []);
    assert.equal((await store.audit.checkpoints.last())?._id, 3);
  });

  it('shows an edited row', async () => {
    const chain = await filedChain();
    await rows().updateOne({ chain, seq: 1 }, { $set: { 'actor.id': 'somebody else' } });
    assert.equal(await store.audit.firstBreak(chain), `${chain}:1`);
    assert.deepEqual(await breaks(), [{ kind: 'row', id: `${chain}:1` }]);
  });

  it('shows a deleted row', async () => {
    const chain = await filedChain();
    await rows().deleteOne({ chain, seq: 1 });
    assert.equal(await store.audit.firstBreak(chain), `${chain}:2`);
    assert.deepEqual(await breaks(), [{ kind: 'row', id: `${chain}:2` }]);
  });

  it('shows a chain whose end was cut off, and one that was made anew', async () => {
    const [cut, whole] = [await filedChain(), await filedChain()];
    await rows().deleteOne({ chain: cut, seq: 2 });
    assert.equal(await store.audit.firstBreak(cut), undefined, 'in itself it is whole');
    assert.deepEqual(await breaks(), [{ kind: 'sealed-row', id: `${cut}:2` }]);
    await rows().deleteMany({ chain: cut });
    const [again] = [await verified()];
    await filed({
      ...again,
      _id: cut,
      outbox: again.outbox.map((event) => ({ ...event, id: `${cut}:${event.seq}`, at: soon })),
    });
    assert.deepEqual(await breaks(), [{ kind: 'sealed-row', id: `${cut}:2` }]);
    assert.equal(await store.audit.firstBreak(whole), undefined);
  });

  it('shows checkpoints that were edited or taken out', async () => {
    await filedChain();
    await filedChain();
    await filedChain();
    await checkpoints().updateOne({ _id: 1 as never }, { $set: { 'heads.0.seq': 1 } });
    assert.ok((await breaks()).some(({ kind, id }) => kind === 'checkpoint' && id === '1'));
    await checkpoints().deleteOne({ _id: 2 as never });
    assert.ok((await breaks()).some(({ kind, id }) => kind === 'checkpoint' && id === '3'));
  });

  it('holds when a person is erased', async () => {
    const o = await verified();
    await filed(o);
    const erase = {
      action: { name: 'erase' },
      actor: { kind: 'support' },
      reason: 'asked',
      at: soon,
    } as const;
    const { onboarding: erased } = await store.onboardings.take(o._id, staffAction(erase, policy));
    assert.ok(erased);
    await filed(erased);
    await store.erasure.eraseTraces(o._id);
    assert.deepEqual(
      (await store.audit.of(o._id)).map(({ type }) => type),
      ['invited', 'email-verified', 'erased'],
    );
    assert.deepEqual(await breaks(), []);
  });
});
