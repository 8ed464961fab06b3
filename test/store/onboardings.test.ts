import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isDuplicate } from '../../store/duplicate.js';
import type { Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { consumeCode, lockCodes, verifyEmail } from '../../store/steps.js';
import { challengeOf, onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

const RIVALS = 64;
const soon = sinceT0(60 * SECOND);
const rivals = <T>(attempt: () => Promise<T>) => Promise.all(Array.from({ length: RIVALS }, attempt));

describe('the store, on the database', function () {
  this.timeout(60_000);
  let store: Store;
  before(async () => {
    store = await freshStore();
  });
  after(() => store?.close());

  it('lets one of 64 rivals take a step, with one event', async () => {
    const o = await store.onboardings.insert(onboardingAt('verifying'));
    const outcomes = await rivals(() =>
      store.onboardings.take(o._id, verifyEmail({ linkId: o.linkId ?? '', at: soon })),
    );
    assert.equal(outcomes.filter(({ done }) => done).length, 1);
    const now = await store.onboardings.find(o._id);
    assert.equal(now?.stage, 'enrolling');
    assert.equal(now?.seq, 2);
    assert.deepEqual(
      now?.outbox.map(({ id, type }) => [id, type]),
      [
        [`${o._id}:1`, 'invited'],
        [`${o._id}:2`, 'email-verified'],
      ],
    );
  });

  it('counts five tries of 64 at once, and one consumes', async () => {
    const challenge = challengeOf();
    const o = await store.onboardings.insert(onboardingAt('confirming', { challenge }));
    const bound = { challengeId: challenge.id, sessionId: 'session', at: soon };
    const tries = await rivals(() => store.onboardings.countTry({ id: o._id, ...bound }));
    assert.equal(tries.filter(({ counted }) => counted).length, policy.codeTries);
    const consumed = await rivals(() => store.onboardings.take(o._id, consumeCode(bound)));
    assert.equal(consumed.filter((outcome) => outcome.done && !outcome.repeated).length, 1);
  });

  it('locks after ten failures over all codes, and opens again with time', async () => {
    const o = await store.onboardings.insert(onboardingAt('confirming', { codeFailures: 9 }));
    const bound = { id: o._id, challengeId: o.challenge?.id ?? '', sessionId: 'session' };
    const tenth = await store.onboardings.countTry({ ...bound, at: soon });
    assert.equal(tenth.onboarding.lockedUntil, undefined, 'it may be right');
    const locked = await store.onboardings.lockIfDue(tenth.onboarding, soon);
    assert.deepEqual(locked.lockedUntil, sinceT0(60 * SECOND + policy.codeLock));
    const eleventh = await store.onboardings.countTry({ ...bound, at: soon });
    assert.equal(!eleventh.counted && eleventh.because, 'locked');

    const fresh = challengeOf({
      issuedAt: sinceT0(policy.codeLock),
      expiresAt: sinceT0(2 * policy.codeLock),
    });
    await store.onboardings.model.updateOne({ _id: o._id }, { $set: { challenge: fresh } });
    const later = await store.onboardings.countTry({
      ...bound,
      challengeId: fresh.id,
      at: sinceT0(policy.codeLock + 60 * SECOND),
    });
    assert.equal(later.counted, true);
    assert.equal(later.onboarding.codeFailures, 1);
    assert.equal(later.onboarding.locksInARow, 1, 'time ends the lock, and not the row');
  });

  it('makes one lock of 64 tries after ten failures, with one event', async () => {
    const o = await store.onboardings.insert(onboardingAt('confirming', { codeFailures: 10 }));
    const bound = { id: o._id, challengeId: o.challenge?.id ?? '', sessionId: 'session', at: soon };
    const tries = await rivals(() => store.onboardings.countTry(bound));
    assert.ok(tries.every((each) => !each.counted && each.because === 'locked'));
    const now = await store.onboardings.find(o._id);
    assert.deepEqual(
      now?.outbox.map(({ type, data }) => [type, data]),
      [
        ['invited', undefined],
        ['codes-locked', { locksInARow: 1 }],
      ],
    );
    assert.deepEqual([now?.seq, now?.locksInARow], [2, 1]);
  });

  it('locks nobody whose right code has ended the count since it was judged', async () => {
    const o = await store.onboardings.insert(onboardingAt('confirming', { codeFailures: 10 }));
    await store.onboardings.endFailures(o._id);
    const asRead = [o];
    const outcome = await store.onboardings.take(o._id, (now) =>
      lockCodes({ at: soon }, policy)(asRead.pop() ?? now),
    );
    assert.equal(!outcome.done && outcome.refused, 'not-due');
    assert.equal((await store.onboardings.find(o._id))?.lockedUntil, undefined);
  });

  it('gives an address to one of 64 invitations', async () => {
    const email = `${randomUUID()}@example.org`;
    const outcomes = await rivals(() =>
      store.onboardings.insert(onboardingAt('invited', { email, emailSlot: email })).then(
        () => 'in',
        (error: unknown) => (isDuplicate(error) ? 'taken' : 'failed'),
      ),
    );
    assert.equal(outcomes.filter((outcome) => outcome === 'in').length, 1);
    assert.equal(outcomes.filter((outcome) => outcome === 'taken').length, RIVALS - 1);
  });

  it('keeps any number of onboardings that claim no address', async () => {
    const { emailSlot: _, ...first } = onboardingAt('expired');
    const { emailSlot: __, ...second } = onboardingAt('expired');
    await store.onboardings.insert(first);
    await store.onboardings.insert(second);
  });

  it('refuses to look for an address or an id that is missing', async () => {
    const missing = undefined as unknown as string;
    await assert.rejects(store.onboardings.findByEmail(missing), TypeError);
    await assert.rejects(store.onboardings.find(missing), TypeError);
  });

  it('keeps an event that came while the outbox was being filed', async () => {
    const o = await store.onboardings.insert(onboardingAt('verifying'));
    await store.audit.file([o], T0);
    const { onboarding } = await store.onboardings.take(
      o._id,
      verifyEmail({ linkId: o.linkId ?? '', at: soon }),
    );
    await store.onboardings.markFiled([o]);
    const left = await store.onboardings.find(o._id);
    assert.deepEqual(
      left?.outbox.map(({ type }) => type),
      ['email-verified'],
    );
    assert.ok(left?.unfiledSince);
    assert.ok(onboarding);
    await store.audit.file([left], T0);
    assert.deepEqual(
      (await store.audit.of(o._id)).map(({ seq }) => seq),
      [1, 2],
    );
    assert.equal(await store.audit.firstBreak(o._id), undefined);
  });

  it('moves a message forward only', async () => {
    const id = randomUUID();
    const about = { _id: id, onboardingId: 'o', channel: 'text', kind: 'code', about: 'c' } as const;
    await store.messages.begin(about, T0);
    assert.equal(await store.messages.advance(id, 'delivered'), true);
    assert.equal(await store.messages.advance(id, 'sent'), false);
    assert.equal(await store.messages.advance(id, 'failed'), false);
    assert.equal((await store.messages.begin(about, T0)).state, 'delivered');
  });
});
