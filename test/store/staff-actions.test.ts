import assert from 'node:assert/strict';
import { ACTIONS, STAFF_ACTIONS, type StaffActionName, stageAfter } from '../../store/actions.js';
import { type ActorKind, type Onboarding, STAGES } from '../../store/facts.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { correctOwnEmail, createAccount, type StaffAction, staffAction } from '../../store/steps.js';
import { DAY, onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';

const ACTORS: ActorKind[] = ['clinician', 'team-lead', 'api-key', 'support', 'service'];
const soon = sinceT0(60 * SECOND);

function actionOf(name: StaffActionName): StaffAction {
  if (name === 'new-window') return { name, newLinkId: 'new-link' };
  if (name === 'correct-email') return { name, newLinkId: 'new-link', email: 'right@example.org' };
  return { name };
}

function judged(o: Onboarding, name: StaffActionName, kind: ActorKind, at = soon) {
  const judge = staffAction(
    { action: actionOf(name), actor: { kind, id: 'actor' }, reason: 'because', at },
    policy,
  );
  return judge(o);
}

describe('what staff may do: every action × stage × actor', () => {
  for (const name of STAFF_ACTIONS) {
    it(name, () => {
      for (const kind of ACTORS) {
        for (const stage of STAGES) {
          const verdict = judged(onboardingAt(stage), name, kind);
          const allowed = (ACTIONS[name].by as readonly ActorKind[]).includes(kind);
          const expected = stageAfter(name, stage);
          const what = `${kind} at ${stage}`;
          assert.ok(typeof verdict === 'object', what);
          if (!allowed) assert.deepEqual(verdict, { refused: 'not-allowed' }, what);
          else if (!expected) assert.deepEqual(verdict, { refused: 'wrong-stage' }, what);
          else {
            assert.ok('event' in verdict, what);
            assert.equal(verdict.set.stage ?? stage, expected, what);
            assert.equal(verdict.reason, 'because');
          }
        }
      }
    });
  }
});

describe('a new window', () => {
  it('kills the old link and waits for the acceptance of its own mail', () => {
    const blocked = onboardingAt('blocked');
    const verdict = judged(blocked, 'new-window', 'support', sinceT0(2 * DAY));
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    assert.equal(verdict.set.linkId, 'new-link');
    assert.ok(verdict.unset?.includes('verifyBy'));
    assert.equal(verdict.set.attempt, 1);
  });

  it('is another workflow where the old one is near its end', () => {
    const blocked = onboardingAt('blocked', { blockedAt: T0 });
    const verdict = judged(blocked, 'new-window', 'support', sinceT0(20 * DAY));
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    assert.equal(verdict.set.attempt, 2);
  });
});

describe('unlocking', () => {
  it('ends the lock and begins to count failures anew, and gives no new code', () => {
    const locked = onboardingAt('confirming', {
      codeFailures: 10,
      lockedUntil: sinceT0(DAY),
      locksInARow: 5,
    });
    const verdict = judged(locked, 'unlock', 'support');
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    assert.deepEqual(verdict.set, { codeFailures: 0 });
    assert.deepEqual(verdict.unset, ['lockedUntil', 'locksInARow']);
  });
});

describe('a correction of the number', () => {
  it('takes away with the phone what was on it, and what lay beside it', () => {
    const verdict = judged(onboardingAt('active'), 'correct-number', 'support');
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    for (const fact of ['phone', 'authenticator', 'pendingAuthenticator', 'recoveryCodes'] as const)
      assert.ok(verdict.unset?.includes(fact), fact);
  });

  it('ends a lock, which support could not end before another number is there', () => {
    const locked = { codeFailures: 10, lockedUntil: sinceT0(DAY), locksInARow: 5 };
    const verdict = judged(onboardingAt('active', locked), 'correct-number', 'support');
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    assert.equal(verdict.set.codeFailures, 0);
    for (const fact of ['lockedUntil', 'locksInARow'] as const)
      assert.ok(verdict.unset?.includes(fact), fact);
  });
});

describe('erasure', () => {
  it('leaves nothing personal in the document', () => {
    const o = onboardingAt('active', {
      firstName: 'Canary',
      lastName: 'Canary',
      message: 'Canary',
      reasons: [],
      authenticator: { id: 'a', secret: { keyId: 'k', box: 'hash' }, addedAt: T0, lastStep: 1 },
      pendingAuthenticator: { id: 'p', secret: { keyId: 'k', box: 'hash' }, sessionId: 's', issuedAt: T0 },
      recoveryCodes: { id: 'r', madeAt: T0, codes: [{ position: 1, hash: 'hash' }] },
    });
    const verdict = judged(o, 'erase', 'support');
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    // Address and number stay until what they lead to elsewhere is erased (test/journey/erasure.test.ts).
    const { erasing, ...set } = verdict.set;
    assert.deepEqual(erasing, { email: o.email, phone: o.phone });
    const left = { ...o, ...set } as Record<string, unknown>;
    for (const name of verdict.unset ?? []) delete left[name];
    assert.doesNotMatch(JSON.stringify(left), /Canary|\+44|hash|@/);
  });
});

describe('a mail that staff call for', () => {
  it('waits half a minute after the one before', () => {
    for (const name of ['resend', 'new-window', 'correct-email'] as const) {
      const early = judged(onboardingAt('verifying'), name, 'support', sinceT0(29 * SECOND));
      assert.deepEqual(early, { refused: 'too-soon' }, name);
      const late = judged(onboardingAt('verifying'), name, 'support', sinceT0(30 * SECOND));
      assert.ok(typeof late === 'object' && 'set' in late, name);
    }
  });

  it('waits also where the link of the mail before has been used', () => {
    const early = judged(onboardingAt('enrolling'), 'correct-email', 'team-lead', sinceT0(29 * SECOND));
    assert.deepEqual(early, { refused: 'too-soon' });
  });
});

describe('a correction of the address by staff', () => {
  const corrected = (o: Onboarding, at = soon) => {
    const verdict = judged(o, 'correct-email', 'team-lead', at);
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    const { set, unset = [], notices } = verdict;
    const after = { ...o, ...set } as Record<string, unknown>;
    for (const name of unset) delete after[name];
    return { after, notices };
  };

  it('is refused once the person was in, also while another number is enrolled', () => {
    for (const stage of ['enrolling', 'confirming'] as const) {
      const o = onboardingAt(stage, { activatedAt: T0 });
      assert.deepEqual(judged(o, 'correct-email', 'support', soon), { refused: 'wrong-stage' });
    }
  });

  it('voids whatever was done from the wrong address, and invites anew for a week', () => {
    const secret = { keyId: 'key', box: 'sealed' };
    const answered: Partial<Onboarding> = {
      firstName: 'Eve',
      lastName: 'Canary',
      codeFailures: 9,
      addressCorrected: true,
      authenticator: { id: 'app', secret, addedAt: T0, lastStep: 1 },
      pendingAuthenticator: { id: 'another', secret, sessionId: 'session', issuedAt: T0 },
      recoveryCodes: { id: 'list', madeAt: T0, codes: [] },
    };
    for (const stage of ['verifying', 'enrolling', 'confirming'] as const) {
      const locked = { lockedUntil: sinceT0(DAY), locksInARow: 5 };
      const before = onboardingAt(stage, { ...answered, ...locked });
      const { after, notices } = corrected(before);
      // What there is of somebody who was just invited, and what tells the new account from the old.
      const links = after['links'] as Onboarding['links'];
      assert.deepEqual(after, {
        ...onboardingAt('invited', { _id: before._id, createdAt: T0 }),
        email: 'right@example.org',
        emailSlot: 'right@example.org',
        stageSince: soon,
        inviteBy: sinceT0(60 * SECOND + 7 * DAY),
        dueAt: sinceT0(90 * SECOND + 7 * DAY),
        links,
        linkId: 'new-link',
        voided: { at: soon, generation: 1 },
        keysEndedAt: soon,
      });
      assert.deepEqual(
        links.map(({ purpose, outcome }) => [purpose, outcome]).at(-1),
        ['invitation', undefined],
        stage,
      );
      assert.ok(links.slice(0, -1).every(({ outcome }) => outcome !== undefined));
      assert.deepEqual(
        notices?.map(({ to }) => to),
        [before.email, 'inviter'],
      );
    }
  });

  it('keeps whom the invitation names where nobody has answered it, and tells nobody', () => {
    const { after, notices } = corrected(onboardingAt('invited', { firstName: 'Sam' }));
    assert.deepEqual([after['firstName'], after['voided'], notices], ['Sam', undefined, []]);
  });

  it('is another workflow where that of somebody blocked is near its end', () => {
    const blocked = onboardingAt('blocked', { blockedAt: T0 });
    assert.equal(corrected(blocked, sinceT0(10 * DAY)).after['attempt'], 1);
    const { after } = corrected(blocked, sinceT0(20 * DAY));
    assert.deepEqual([after['attempt'], after['blockedAt']], [2, undefined]);
  });

  it('counts generations on: the account made then is of another one than any before', () => {
    const first = corrected(
      onboardingAt('verifying', { account: { passwordHash: 'h', createdAt: T0, generation: 3 } }),
    );
    const again = createAccount(
      {
        linkId: 'new-link',
        passwordHash: 'another',
        firstName: 'Sam',
        lastName: 'Taylor',
        terms: { version: '1', digest: 'd' },
        newLinkId: 'verification-link',
        at: soon,
      },
      policy,
    )(first.after as unknown as Onboarding);
    assert.ok(typeof again === 'object' && 'set' in again);
    assert.equal(again.set.account?.generation, 4);
  });
});

describe('a correction of one’s own address', () => {
  const correct = (o: Onboarding, email = 'right@example.org') =>
    correctOwnEmail({ email, newLinkId: 'new-link', at: soon }, policy)(o);

  it('begins a new window the first time and keeps it later', () => {
    const first = correct(onboardingAt('verifying'));
    assert.ok(typeof first === 'object' && 'set' in first);
    assert.ok(first.unset?.includes('verifyBy'));
    const second = correct(onboardingAt('verifying', { emailCorrections: 1 }));
    assert.ok(typeof second === 'object' && 'set' in second);
    assert.ok(!second.unset?.includes('verifyBy'));
  });

  it('is possible three times', () => {
    assert.deepEqual(correct(onboardingAt('verifying', { emailCorrections: 3 })), { refused: 'too-often' });
  });

  it('after verification asks for verification again', () => {
    for (const stage of ['enrolling', 'confirming'] as const) {
      const verdict = correct(onboardingAt(stage));
      assert.ok(typeof verdict === 'object' && 'set' in verdict);
      assert.equal(verdict.set.stage, 'verifying');
      assert.ok(verdict.unset?.includes('verifiedAt') && verdict.unset.includes('phone'));
    }
  });

  it('tells the old address and the inviter', () => {
    const o = onboardingAt('verifying');
    const verdict = correct(o);
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    assert.deepEqual(
      verdict.notices?.map(({ to }) => to),
      [o.email, 'inviter'],
    );
  });
});
