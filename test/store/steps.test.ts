import assert from 'node:assert/strict';
import { type Onboarding, STAGES, type Stage } from '../../store/facts.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import {
  acceptInvitationMail,
  acceptVerificationMail,
  acknowledgeDisclaimer,
  activate,
  addAuthenticator,
  askForPasswordReset,
  beginAuthenticator,
  block,
  changePassword,
  confirmAppCode,
  consumeCode,
  createAccount,
  enterNumber,
  eraseAgain,
  eraseAlong,
  eraseEnded,
  expireInvite,
  type Judge,
  lockCodes,
  makeRecoveryCodes,
  noteProblem,
  recoveryCodesLeft,
  removeAuthenticator,
  requestSignInCode,
  resetPassword,
  revive,
  sendCodeAgain,
  sendVerificationAgain,
  useRecoveryCode,
  verifyEmail,
} from '../../store/steps.js';
import { challengeOf, DAY, onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';

const soon = sinceT0(60 * SECOND);
const challenge = { challengeId: 'new', codeHash: 'hash', sessionId: 'session', at: soon };
const own = { from: 'hash', sessionId: 'session', at: soon };
const sealed = { keyId: 'key', box: 'box' };
const pending = { id: 'app', secret: sealed, sessionId: 'session', issuedAt: T0 };
const app = { id: 'app', secret: sealed, addedAt: T0, lastStep: 100 };

/** Each action, as somebody who means the document in question would take it. */
const ACTIONS: Record<string, (o: Onboarding) => Judge> = {
  acceptInvitationMail: (o) => acceptInvitationMail({ linkId: o.linkId ?? '', at: soon }),
  expireInvite: () => expireInvite({ asOf: sinceT0(7 * DAY + 30 * SECOND) }, policy),
  eraseEnded: () => eraseEnded({ asOf: sinceT0(121 * DAY) }, policy),
  eraseAlong: () => eraseAlong({ of: 'somebody', at: soon }, policy),
  eraseAgain: ({ seq }) => eraseAgain({ attempt: 2, seq, at: soon }, policy),
  revive: ({ seq }) => revive({ attempt: 2, seq, at: soon }),
  createAccount: (o) =>
    createAccount(
      {
        linkId: o.links[0]?.id ?? '',
        passwordHash: 'hash',
        firstName: 'Sam',
        lastName: 'Taylor',
        terms: { version: '1', digest: 'd' },
        newLinkId: 'verification-link',
        at: soon,
      },
      policy,
    ),
  acceptVerificationMail: (o) => acceptVerificationMail({ linkId: o.linkId ?? '', at: soon }, policy),
  sendVerificationAgain: () => sendVerificationAgain({ at: soon }, policy),
  verifyEmail: (o) => verifyEmail({ linkId: o.links[1]?.id ?? '', at: soon }),
  block: () => block({ asOf: sinceT0(DAY + 30 * SECOND) }, policy),
  enterNumber: () => enterNumber({ ...challenge, number: '+447400999888' }, policy),
  sendCodeAgain: () => sendCodeAgain(challenge, policy),
  consumeCode: (o) => consumeCode({ challengeId: o.challenge?.id ?? '', sessionId: 'session', at: soon }),
  activate: () => activate({ at: soon }),
  lockCodes: () => lockCodes({ at: soon }, policy),
  acknowledgeDisclaimer: () => acknowledgeDisclaimer({ version: '1', digest: 'd', at: soon }),
  requestSignInCode: () => requestSignInCode(challenge, policy),
  askForPasswordReset: () => askForPasswordReset({ newLinkId: 'new', at: soon }, policy),
  resetPassword: (o) => resetPassword({ linkId: o.resetLinkId ?? '', passwordHash: 'new', at: soon }),
  changePassword: () => changePassword({ from: 'hash', passwordHash: 'new', sessionId: 'session', at: soon }),
  beginAuthenticator: () => beginAuthenticator({ from: 'hash', pending }),
  addAuthenticator: () =>
    addAuthenticator({ pendingId: 'app', step: 1, sessionId: 'session', at: soon }, policy),
  removeAuthenticator: () => removeAuthenticator(own),
  makeRecoveryCodes: () => makeRecoveryCodes({ ...own, listId: 'list', hashes: ['hash'] }),
  confirmAppCode: () => confirmAppCode({ authenticatorId: 'app', step: 1, sessionId: 'session', at: soon }),
  useRecoveryCode: () => useRecoveryCode({ listId: 'list', position: 1, sessionId: 'session', at: soon }),
  noteProblem: () => noteProblem({ problem: 'text-undeliverable', about: 'another', at: soon }),
};

/** The stage that an action leads to from each stage; a word after `!` is the refusal, `=` means that it was done before. */
const EXPECTED: Record<string, Partial<Record<Stage, string>> & { otherwise: string }> = {
  acceptInvitationMail: { invited: 'invited', otherwise: '=' },
  expireInvite: { invited: 'expired', otherwise: '=' },
  eraseEnded: {
    expired: 'erased',
    revoked: 'erased',
    blocked: 'erased',
    enrolling: 'erased',
    confirming: 'erased',
    erased: '=',
    otherwise: '!not-due',
  },
  eraseAlong: { expired: 'erased', revoked: 'erased', erased: '=', otherwise: '!wrong-stage' },
  eraseAgain: { erased: '!not-due', otherwise: 'erased' },
  revive: {
    ...Object.fromEntries(STAGES.map((stage) => [stage, stage])),
    erased: '!not-due',
    otherwise: '',
  },
  createAccount: {
    invited: 'verifying',
    verifying: '!link-used',
    enrolling: '!link-used',
    confirming: '!link-used',
    blocked: '!link-used',
    expired: '!link-expired',
    otherwise: '!wrong-stage',
  },
  acceptVerificationMail: { otherwise: '=' },
  sendVerificationAgain: { verifying: 'verifying', otherwise: '!wrong-stage' },
  verifyEmail: {
    verifying: 'enrolling',
    enrolling: '!link-used',
    confirming: '!link-used',
    blocked: '!link-expired',
    otherwise: '!link-unknown',
  },
  block: { verifying: 'blocked', otherwise: '=' },
  enterNumber: { enrolling: 'confirming', confirming: 'confirming', otherwise: '!wrong-stage' },
  sendCodeAgain: { confirming: 'confirming', active: 'active', otherwise: '!wrong-stage' },
  consumeCode: { confirming: 'confirming', otherwise: '!code-spent' },
  activate: { confirming: '!not-confirmed', active: '=', otherwise: '!wrong-stage' },
  lockCodes: { confirming: '!not-due', active: '!not-due', otherwise: '!wrong-stage' },
  acknowledgeDisclaimer: { active: 'active', otherwise: '!wrong-stage' },
  requestSignInCode: { active: 'active', otherwise: '!wrong-stage' },
  askForPasswordReset: {
    enrolling: 'enrolling',
    confirming: 'confirming',
    active: 'active',
    otherwise: '!wrong-stage',
  },
  resetPassword: { otherwise: '!link-unknown' },
  changePassword: { active: 'active', otherwise: '!wrong-stage' },
  beginAuthenticator: { active: 'active', otherwise: '!wrong-stage' },
  addAuthenticator: { active: '!code-expired', otherwise: '!wrong-stage' },
  removeAuthenticator: { active: '=', otherwise: '!wrong-stage' },
  makeRecoveryCodes: { active: 'active', otherwise: '!wrong-stage' },
  confirmAppCode: { active: '!code-spent', otherwise: '!wrong-stage' },
  useRecoveryCode: { active: '!code-spent', otherwise: '!wrong-stage' },
  noteProblem: { otherwise: '=' },
};

function outcomeOf(o: Onboarding, judge: Judge): string {
  const verdict = judge(o);
  if (verdict === 'already') return '=';
  return 'refused' in verdict ? `!${verdict.refused}` : (verdict.set.stage ?? o.stage);
}

describe('what each action makes of each stage', () => {
  for (const [action, expected] of Object.entries(EXPECTED)) {
    it(action, () => {
      const outcomes = STAGES.map((stage) => {
        const o = onboardingAt(stage);
        const judge = ACTIONS[action];
        assert.ok(judge);
        return [stage, outcomeOf(o, judge(o))];
      });
      assert.deepEqual(
        Object.fromEntries(outcomes),
        Object.fromEntries(STAGES.map((stage) => [stage, expected[stage] ?? expected.otherwise])),
      );
    });
  }

  it('leaves no action out', () => {
    assert.deepEqual(Object.keys(ACTIONS).sort(), Object.keys(EXPECTED).sort());
  });
});

describe('deadlines', () => {
  const verifying = onboardingAt('verifying');
  const linkId = verifying.linkId ?? '';

  it('begin when the mail server accepted the mail of the current link, once', () => {
    const { verifyBy: _, ...open } = verifying;
    const begun = acceptVerificationMail({ linkId, at: soon }, policy)(open);
    assert.ok(typeof begun === 'object' && 'set' in begun);
    assert.deepEqual(begun.set.verifyBy, sinceT0(60 * SECOND + DAY));
    assert.equal(acceptVerificationMail({ linkId: 'superseded', at: soon }, policy)(open), 'already');
    assert.equal(acceptVerificationMail({ linkId, at: soon }, policy)(verifying), 'already');
  });

  it('take a click by its time of receipt', () => {
    assert.equal(outcomeOf(verifying, verifyEmail({ linkId, at: sinceT0(DAY) })), 'enrolling');
    assert.equal(outcomeOf(verifying, verifyEmail({ linkId, at: sinceT0(DAY + 1) })), '!link-expired');
  });

  it('block 30 seconds later and no sooner, by workflow time', () => {
    assert.equal(outcomeOf(verifying, block({ asOf: sinceT0(DAY + 30 * SECOND - 1) }, policy)), '!not-due');
    assert.equal(outcomeOf(verifying, block({ asOf: sinceT0(DAY + 30 * SECOND) }, policy)), 'blocked');
  });

  it('block 7 days after creation where no mail was ever accepted', () => {
    const { verifyBy: _, ...open } = verifying;
    assert.equal(outcomeOf(open, verifyEmail({ linkId, at: sinceT0(2 * DAY) })), 'enrolling');
    assert.equal(outcomeOf(open, block({ asOf: sinceT0(7 * DAY) }, policy)), '!not-due');
    assert.equal(outcomeOf(open, block({ asOf: sinceT0(7 * DAY + 30 * SECOND) }, policy)), 'blocked');
  });

  it('are not moved by sending the mail again', () => {
    const again = sendVerificationAgain({ at: soon }, policy)(verifying);
    assert.ok(typeof again === 'object' && 'set' in again);
    assert.deepEqual(Object.keys(again.set), ['links']);
  });
});

describe('codes', () => {
  const confirming = (more = {}) => onboardingAt('confirming', { challenge: challengeOf(more) });
  const consume = (o: Onboarding, more = {}) =>
    outcomeOf(
      o,
      consumeCode({ challengeId: o.challenge?.id ?? '', sessionId: 'session', at: soon, ...more }),
    );

  it('count until ten minutes have passed', () => {
    assert.equal(consume(confirming(), { at: sinceT0(600 * SECOND) }), 'confirming');
    assert.equal(consume(confirming(), { at: sinceT0(600 * SECOND + 1) }), '!code-expired');
  });

  it('belong to one session and one challenge', () => {
    assert.equal(consume(confirming(), { sessionId: 'another' }), '!code-spent');
    assert.equal(consume(confirming(), { challengeId: 'another' }), '!code-spent');
  });

  it('are consumed once', () => {
    assert.equal(consume(confirming({ consumedAt: T0 })), '=');
  });

  it('unlock only when consumed, for enrolment, for exactly this number', () => {
    const unlocks = (o: Onboarding) => outcomeOf(o, activate({ at: soon }));
    assert.equal(unlocks(confirming({ consumedAt: T0 })), 'active');
    assert.equal(unlocks(confirming()), '!not-confirmed');
    assert.equal(unlocks(confirming({ consumedAt: T0, number: '+447400999999' })), '!not-confirmed');
    assert.equal(unlocks(confirming({ consumedAt: T0, purpose: 'sign-in' })), '!not-confirmed');
  });

  it('stay the same when sent again while they have life and tries left', () => {
    const idAfter = (o: Onboarding, at = soon) => {
      const verdict = sendCodeAgain({ ...challenge, at }, policy)(o);
      if (typeof verdict !== 'object' || 'refused' in verdict) return verdict;
      return verdict.setInChallenge?.sends === 2 ? o.challenge?.id : verdict.set.challenge?.id;
    };
    const o = confirming();
    assert.equal(idAfter(o), o.challenge?.id);
    assert.equal(idAfter(o, sinceT0(5 * 60 * SECOND + 1)), 'new');
    assert.equal(idAfter(confirming({ triesLeft: 0 })), 'new');
    assert.equal(idAfter(confirming({ sessionId: 'another' })), 'new');
    assert.equal(idAfter(confirming({ number: '+447400999999' })), 'new');
    assert.deepEqual(idAfter(o, sinceT0(29 * SECOND)), { refused: 'too-soon' });
  });
});

describe('wrong codes in a row', () => {
  const lock = (o: Onboarding) => {
    const verdict = lockCodes({ at: soon }, policy)(o);
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    return verdict;
  };
  const wrongTen = (stage: 'confirming' | 'active', more: Partial<Onboarding> = {}) =>
    onboardingAt(stage, { codeFailures: 10, ...more });

  it('lock when they are ten, once', () => {
    assert.equal(outcomeOf(wrongTen('active'), lockCodes({ at: soon }, policy)), 'active');
    for (const [more, outcome] of [
      [{ codeFailures: 9 }, '!not-due'],
      [{ lockedUntil: sinceT0(DAY) }, '='],
    ] as const)
      assert.equal(outcomeOf(wrongTen('active', more), lockCodes({ at: soon }, policy)), outcome);
  });

  it('lock for an hour, and each time in a row for twice as long: more than a hundred take six weeks', () => {
    let o = wrongTen('active');
    let hours = 0;
    for (let nth = 1; nth <= 10; nth++) {
      const { set, event } = lock(o);
      const lasts = ((set.lockedUntil?.getTime() ?? 0) - soon.getTime()) / (3_600 * SECOND);
      assert.equal(lasts, 2 ** (nth - 1));
      assert.deepEqual(event, {
        type: 'codes-locked',
        actor: { kind: 'service' },
        at: soon,
        data: { locksInARow: nth },
      });
      o = wrongTen('active', { locksInARow: set.locksInARow ?? 0 });
      hours += lasts;
    }
    assert.ok(hours / 24 > 42);
  });

  it('are told to whoever has been in before, also while another number is confirmed', () => {
    const told = ({ notices = [] }: ReturnType<typeof lock>) => notices.map(({ to, change }) => [to, change]);
    assert.deepEqual(told(lock(wrongTen('confirming'))), []);
    for (const o of [wrongTen('active'), wrongTen('confirming', { activatedAt: T0 })])
      assert.deepEqual(told(lock(o)), [[o.email, 'codes-locked']]);
  });

  it('and their locks end with a right one, of whatever kind', () => {
    const authenticator = { ...app, lastStep: 0 };
    const recoveryCodes = { id: 'list', madeAt: T0, codes: [{ position: 1, hash: 'hash' }] };
    const o = onboardingAt('active', {
      authenticator,
      recoveryCodes,
      challenge: challengeOf({ purpose: 'sign-in' }),
    });
    for (const action of ['consumeCode', 'confirmAppCode', 'useRecoveryCode']) {
      const verdict = ACTIONS[action]?.(o)(o);
      assert.ok(typeof verdict === 'object' && 'set' in verdict, action);
      assert.equal(verdict.set.codeFailures, 0, action);
      for (const fact of ['lockedUntil', 'locksInARow'] as const)
        assert.ok(verdict.unset?.includes(fact), `${action}: ${fact}`);
    }
  });
});

describe('a message that cannot be brought', () => {
  const noticesOf = (o: Onboarding) => {
    const verdict = noteProblem({ problem: 'text-undeliverable', about: o.challenge?.id ?? '', at: soon })(o);
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    return verdict.notices?.map(({ to }) => to) ?? [];
  };

  it('is told to the inviter on the way in', () => {
    assert.deepEqual(noticesOf(onboardingAt('confirming')), ['inviter']);
  });

  it('is nothing to the inviter once the person has come in, nor when they come back', () => {
    const challenge = challengeOf({ purpose: 'sign-in' });
    assert.deepEqual(noticesOf(onboardingAt('active', { challenge })), []);
    assert.deepEqual(noticesOf(onboardingAt('confirming', { activatedAt: T0 })), []);
  });
});

describe('an authenticator app', () => {
  const confirm = (o: Onboarding, more = {}) =>
    outcomeOf(
      o,
      confirmAppCode({ authenticatorId: 'app', step: 101, sessionId: 'session', at: soon, ...more }),
    );
  const add = (o: Onboarding, more = {}) =>
    outcomeOf(
      o,
      addAuthenticator({ pendingId: 'app', step: 1, sessionId: 'session', at: soon, ...more }, policy),
    );

  it('signs in by codes of later and later steps, each once', () => {
    const o = onboardingAt('active', { authenticator: app });
    assert.equal(confirm(o), 'active');
    assert.equal(confirm(o, { step: 100 }), '!code-spent');
    assert.equal(confirm(o, { step: 99 }), '!code-spent');
    assert.equal(confirm(o, { authenticatorId: 'another' }), '!code-spent');
  });

  it('takes the same code again only in the session that signed in with it', () => {
    const o = onboardingAt('active', { authenticator: { ...app, lastSessionId: 'session' } });
    assert.equal(confirm(o, { step: 100 }), '=');
    assert.equal(confirm(o, { step: 100, sessionId: 'another' }), '!code-spent');
    assert.equal(confirm(o, { step: 99 }), '!code-spent');
  });

  it('never signs in while it waits for its first code', () => {
    assert.equal(confirm(onboardingAt('active', { pendingAuthenticator: pending })), '!code-spent');
  });

  it('waits ten minutes, for the session that it was shown in', () => {
    const o = onboardingAt('active', { pendingAuthenticator: pending });
    assert.equal(add(o, { at: sinceT0(600 * SECOND) }), 'active');
    assert.equal(add(o, { at: sinceT0(600 * SECOND + 1) }), '!code-expired');
    assert.equal(add(o, { sessionId: 'another' }), '!code-expired');
    assert.equal(add(o, { pendingId: 'another' }), '!code-expired');
    assert.equal(add(onboardingAt('active', { authenticator: app })), '=');
  });

  it('is begun and removed with the password that was checked, and no other', () => {
    const o = onboardingAt('active', { authenticator: app });
    assert.equal(outcomeOf(o, removeAuthenticator(own)), 'active');
    assert.equal(outcomeOf(o, removeAuthenticator({ ...own, from: 'another' })), '!not-allowed');
    assert.equal(outcomeOf(o, beginAuthenticator({ from: 'another', pending })), '!not-allowed');
    assert.equal(
      outcomeOf(o, makeRecoveryCodes({ ...own, from: 'another', listId: 'list', hashes: [] })),
      '!not-allowed',
    );
  });

  it('ends a text that its session asked for, and no other', () => {
    const unsets = (sessionId: string) => {
      const o = onboardingAt('active', {
        authenticator: app,
        challenge: challengeOf({ sessionId, purpose: 'sign-in' }),
      });
      const judge = confirmAppCode({ authenticatorId: 'app', step: 101, sessionId: 'session', at: soon });
      const verdict = judge(o);
      return typeof verdict === 'object' && 'set' in verdict ? verdict.unset : [];
    };
    assert.deepEqual(unsets('session'), ['lockedUntil', 'locksInARow', 'challenge', 'needsSupport']);
    assert.deepEqual(unsets('another'), ['lockedUntil', 'locksInARow']);
  });
});

describe('recovery codes', () => {
  const list = {
    id: 'list',
    madeAt: T0,
    codes: [
      { position: 1, hash: 'one', usedAt: T0, sessionId: 'session' },
      { position: 2, hash: 'two' },
      { position: 3, hash: 'three' },
    ],
  };
  const o = onboardingAt('active', { recoveryCodes: list });
  const spend = (more = {}) =>
    outcomeOf(o, useRecoveryCode({ listId: 'list', position: 2, sessionId: 'session', at: soon, ...more }));

  it('work once each, from the list in force', () => {
    assert.equal(spend(), 'active');
    assert.equal(spend({ listId: 'an older one' }), '!code-spent');
    assert.equal(spend({ position: 4 }), '!code-spent');
    assert.equal(spend({ position: 1 }), '=');
    assert.equal(spend({ position: 1, sessionId: 'another' }), '!code-spent');
  });

  it('leave the others as they are, and say how many are left', () => {
    const verdict = useRecoveryCode({ listId: 'list', position: 2, sessionId: 's', at: soon })(o);
    assert.ok(typeof verdict === 'object' && 'set' in verdict);
    assert.deepEqual(verdict.set.recoveryCodes?.codes, [
      list.codes[0],
      { position: 2, hash: 'two', usedAt: soon, sessionId: 's' },
      list.codes[2],
    ]);
    assert.deepEqual(verdict.event.data, { left: 1 });
    assert.equal(recoveryCodesLeft(o), 2);
    assert.equal(recoveryCodesLeft(onboardingAt('active')), 0);
  });
});

describe('a revival', () => {
  const o = onboardingAt('verifying', { attempt: 2, seq: 7 });

  it('changes the attempt alone', () => {
    assert.deepEqual(revive({ attempt: 4, seq: 7, at: soon })(o), {
      event: { type: 'revived', actor: { kind: 'service' }, at: soon, data: { attempt: 4 } },
      set: { attempt: 4 },
    });
  });

  it('is refused where the onboarding has moved on since the fault was found', () => {
    const revival = { attempt: 4, seq: 6, at: soon };
    assert.deepEqual(revive(revival)(o), { refused: 'not-due' });
    assert.deepEqual(eraseAgain(revival, policy)(o), { refused: 'not-due' });
  });
});
