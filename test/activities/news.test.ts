import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Onboarding } from '../../store/facts.js';
import { newKey } from '../rest/calls.js';
import { factsOf, personAt } from '../security/people.js';
import { eventually } from '../support/eventually.js';
import { newEmail } from '../support/journey.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

const DAY = 24 * 3_600_000;

describe('news of an invitation', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const mailsTo = (email: string) => world.inbox.mails.filter(({ to }) => to === email).length;
  const untilNothingWaits = (id: string) =>
    eventually('no notice is left', async () => (await factsOf(world, id)).notices.length === 0);

  /** Somebody invited through a key is withdrawn, which is news. @returns how many mails each address got of it */
  async function newsOf(keyId: string, ...addresses: string[]): Promise<number[]> {
    const invitedBy = { kind: 'api-key' as const, id: keyId, name: 'Dr Lee' };
    const { id } = await personAt(world, 'invited', { facts: { invitedBy } });
    await actAs(world, id, 'revoke');
    await untilNothingWaits(id);
    return addresses.map(mailsTo);
  }
  const lead = async (facts: Partial<Onboarding> = {}) =>
    personAt(world, 'active', { facts: { role: 'team-lead', ...facts } });

  it('goes to whoever made the key, where they have their mail now', async () => {
    const { id: ownerId, email } = await lead();
    const before = newEmail();
    const key = await newKey(world, { ownerId, ownerEmail: before });
    assert.deepEqual(await newsOf(key.id, email, before), [1, 0]);
  });

  it('goes to the address beside a key of the terminal, also when the key has run out', async () => {
    const ownerEmail = newEmail();
    const key = await newKey(world, { ownerEmail, lifetime: -1_000 });
    assert.deepEqual(await newsOf(key.id, ownerEmail), [1]);
  });

  it('ends with a key that is withdrawn, and with its owner’s suspension', async () => {
    const ownerEmail = newEmail();
    const withdrawn = await newKey(world, { ownerEmail });
    await world.store.apiKeys.revoke(withdrawn.id, world.now());
    assert.deepEqual(await newsOf(withdrawn.id, ownerEmail), [0]);

    const { id: ownerId, email } = await lead();
    const owned = await newKey(world, { ownerId, ownerEmail: email });
    await world.store.onboardings.model.updateOne({ _id: ownerId }, { $set: { stage: 'suspended' } });
    assert.deepEqual(await newsOf(owned.id, email), [0]);
  });

  it('is old after a week: a workflow that begins again for it mails nobody', async () => {
    for (const [age, mails] of [
      [7 * DAY - 60_000, 1],
      [7 * DAY + 1_000, 0],
    ] as const) {
      const to = newEmail();
      const at = new Date(world.now().getTime() - age);
      const notice = { id: randomUUID(), kind: 'address-changed' as const, to, at };
      const { id } = await personAt(world, 'active', { facts: { notices: [notice] } });
      await world.gateway.notify(await factsOf(world, id));
      await untilNothingWaits(id);
      assert.equal(mailsTo(to), mails);
    }
  });

  it('about an answer in the chat is for whoever asked, and not for the next at another address', async () => {
    const since = world.now();
    const notice = { id: randomUUID(), kind: 'chat-answered' as const, to: 'person', at: since, since };
    const { id, email } = await personAt(world, 'invited', { facts: { notices: [notice] } });
    await world.store.conversations.say(id, { from: 'support', text: 'You are not Sam?', at: since });
    await world.gateway.notify(await factsOf(world, id));
    await untilNothingWaits(id);
    assert.equal(mailsTo(email), 0);
  });

  it('that it could not be brought is not told once it has arrived', async () => {
    for (const [needsSupport, mails] of [
      [{ problem: 'verification-undeliverable' as const, since: world.now() }, 1],
      [undefined, 0],
    ] as const) {
      const ownerEmail = newEmail();
      const { id: keyId } = await newKey(world, { ownerEmail });
      const notice = { id: randomUUID(), kind: 'invitation-stuck' as const, to: 'inviter', at: world.now() };
      const { id } = await personAt(world, 'verifying', {
        facts: {
          invitedBy: { kind: 'api-key', id: keyId, name: 'Dr Lee' },
          notices: [notice],
          ...(needsSupport && { needsSupport }),
        },
      });
      await world.gateway.notify(await factsOf(world, id));
      await untilNothingWaits(id);
      assert.equal(mailsTo(ownerEmail), mails);
    }
  });
});
