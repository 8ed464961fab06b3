import assert from 'node:assert/strict';
import { effectiveStage } from '../../store/deadlines.js';
import { type Onboarding, STAGES, type Stage } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import type { Search } from '../../store/searching.js';
import { DAY, onboardingAt, SECOND, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

const HOUR = 3_600 * SECOND;

describe('searching', function () {
  this.timeout(60_000);
  let store: Store;
  before(async () => {
    store = await freshStore();
  });
  after(() => store?.close());

  beforeEach(async () => {
    await store.onboardings.model.deleteMany({});
  });

  async function put(...onboardings: Onboarding[]): Promise<void> {
    for (const onboarding of onboardings) await store.onboardings.model.insertOne(onboarding);
  }

  async function found(search: Search, at = sinceT0(SECOND)): Promise<string[]> {
    return (await store.onboardings.search(search, { at, limit: 50 })).map(({ _id }) => _id).sort();
  }

  it('finds by parts of names and addresses whatever their case, and takes signs literally', async () => {
    const zoe = onboardingAt('invited', {
      firstName: 'Zoë',
      lastName: "O'Neill-Łukasz",
      email: 'zoe.o+1@example.org',
    });
    const sam = onboardingAt('active', { firstName: 'Sam', lastName: 'Taylor', email: 'sam@example.org' });
    await put(zoe, sam);
    for (const text of ['zoë', "o'neill", 'LUKASZ'.replace('L', 'Ł'), 'ZOE.O+1@', 'zoe o+1', zoe._id]) {
      assert.deepEqual(await found({ text }), [zoe._id], text);
    }
    assert.deepEqual(await found({ text: 'sam TAYLOR' }), [sam._id]);
    for (const text of ['.*', '^s', '(a+)+$', 'sam zoë', '{"$ne":null}']) {
      assert.deepEqual(await found({ text }), [], text);
    }
    assert.equal((await found({ text: '  ' })).length, 2);
  });

  it('judges stages as they count at the moment, as effectiveStage does', async () => {
    const all = STAGES.map((stage) => onboardingAt(stage));
    const unaccepted = onboardingAt('verifying', { dueAt: sinceT0(3 * DAY) });
    delete unaccepted.verifyBy;
    const undated = onboardingAt('verifying');
    delete undated.verifyBy;
    all.push(unaccepted, undated);
    await put(...all);
    for (const at of [sinceT0(SECOND), sinceT0(2 * DAY), sinceT0(8 * DAY)]) {
      const expected = (stage: Stage) =>
        all
          .filter((o) => effectiveStage(o, at) === stage)
          .map(({ _id }) => _id)
          .sort();
      const counts = await store.onboardings.countByStage({}, at);
      for (const stage of STAGES) {
        assert.deepEqual(await found({ stage }, at), expected(stage), `${stage} at ${at.toISOString()}`);
        assert.equal(counts[stage], expected(stage).length, stage);
      }
    }
  });

  it('tells whose deadline is near and who needs help', async () => {
    const soon = onboardingAt('verifying', { verifyBy: sinceT0(3 * HOUR) });
    const later = onboardingAt('verifying', { verifyBy: sinceT0(5 * HOUR) });
    const lastDay = onboardingAt('invited', { inviteBy: sinceT0(20 * HOUR) });
    const blocked = onboardingAt('blocked');
    const locked = onboardingAt('confirming', { lockedUntil: sinceT0(HOUR) });
    const stuck = onboardingAt('invited', {
      needsSupport: { problem: 'invitation-undeliverable', since: T0 },
    });
    await put(soon, later, lastDay, blocked, locked, stuck);
    assert.deepEqual(await found({ deadlineSoon: true }), [soon._id, lastDay._id].sort());
    assert.deepEqual(await found({ needsHelp: true }), [blocked._id, locked._id, stuck._id].sort());
    assert.deepEqual(await found({ needsHelp: true, stage: 'confirming' }), [locked._id]);
  });

  it('goes on behind a position, also among those of one moment', async () => {
    const people = Array.from({ length: 7 }, (_, n) =>
      onboardingAt('invited', { createdAt: sinceT0((n >> 2) * SECOND), teamId: 'a' }),
    );
    await put(...people, onboardingAt('invited', { teamId: 'b' }));
    const seen: Onboarding[] = [];
    for (;;) {
      const after = seen.at(-1);
      const page = await store.onboardings.search(
        { teamId: 'a' },
        { at: sinceT0(SECOND), limit: 3, ...(after && { after }) },
      );
      if (page.length === 0) break;
      seen.push(...page);
    }
    assert.equal(seen.length, 7);
    assert.equal(new Set(seen.map(({ _id }) => _id)).size, 7);
    const times = seen.map(({ createdAt }) => createdAt.getTime());
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
  });
});
