import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { invite } from '../../store/inviting.js';
import type { Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { onboardingAt, sinceT0, T0 } from '../support/onboardings.js';
import { freshStore } from '../support/store.js';

describe('inviting somebody whose invitation has run out', function () {
  this.timeout(60_000);
  let store: Store;
  before(async () => {
    store = await freshStore();
  });
  after(() => store?.close());

  const inviteAt = (
    at: Date,
    { email, teamId = 'team', id = randomUUID() }: { email: string; teamId?: string; id?: string },
  ) =>
    invite(
      { onboardings: store.onboardings, policy },
      {
        id,
        request: { email, role: 'clinician', locale: 'en' },
        by: { kind: 'api-key', id: 'key', name: 'Dr Lee' },
        teamId,
        at,
      },
    );
  const ranOut = () => store.onboardings.insert(onboardingAt('invited', { inviteBy: T0 }));

  it('waits for the grace of a click that is on its way, and then invites', async () => {
    const { _id, email } = await ranOut();
    const atEnd = await inviteAt(T0, { email });
    assert.ok('outcome' in atEnd);
    assert.deepEqual([atEnd.outcome, atEnd.onboarding._id], ['existing', _id]);
    for (const teamId of ['team', 'another']) {
      assert.deepEqual(await inviteAt(sinceT0(1), { email, teamId }), { refused: 'busy' });
      assert.deepEqual(await inviteAt(sinceT0(policy.blockGrace - 1), { email, teamId }), {
        refused: 'busy',
      });
    }
    const invited = await inviteAt(sinceT0(policy.blockGrace), { email });
    assert.ok('outcome' in invited);
    assert.equal(invited.outcome, 'created');
    assert.notEqual(invited.onboarding._id, _id);
    assert.equal((await store.onboardings.find(_id))?.stage, 'expired');
  });

  it('with the id that made it before is told from inviting', async () => {
    const request = { email: `${randomUUID()}@example.org`, id: randomUUID() };
    const outcome = async (at: Date, given = request) => {
      const invited = await inviteAt(at, given);
      return 'outcome' in invited ? invited.outcome : invited.refused;
    };
    assert.deepEqual(
      [
        await outcome(T0),
        await outcome(T0),
        await outcome(sinceT0(policy.inviteExpiry + policy.blockGrace)),
        await outcome(T0, { ...request, email: 'another@example.org' }),
      ],
      ['created', 'replayed', 'replayed', 'id-reused'],
    );
  });
});
