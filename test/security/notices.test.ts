import assert from 'node:assert/strict';
import { later } from '../../store/steps.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { type Placed, personAt } from './people.js';

/** What pages say of what was done. */
describe('a notice', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const expired = (placed: Placed) =>
    world.store.onboardings.model.updateOne(
      { _id: placed.id },
      { $set: { inviteBy: later(world.now(), -1) } },
    );

  it('cannot be had from an address that somebody made up', async () => {
    const { person: support } = await personAt(world, 'active', { facts: { role: 'support' } });
    const { id } = await personAt(world, 'active');
    for (const query of ['done=suspend', 'accepted=suspend', 'flash=done:suspend']) {
      await support.open(`/support/${id}?${query}`);
      assert.equal(support.page('.app-notice[role=status]').length, 0, query);
    }

    const { person } = await personAt(world, 'active');
    for (const change of ['password-changed', 'authenticator-added', 'authenticator-removed']) {
      await person.open(`/account?flash=${change}&done=${change}`);
      assert.equal(person.page('.app-notice').length, 0, change);
    }
    await person.open('/dashboard?flash=recovery-code-used');
    assert.equal(person.page('.app-notice').length, 0);

    const stranger = new Person(world.url);
    for (const notice of ['verified', 'signed-out']) {
      await stranger.open(`/sign-in?notice=${notice}`);
      assert.doesNotMatch(stranger.text, /is verified|You have signed out/, notice);
    }

    const placed = await personAt(world, 'invited');
    await expired(placed);
    const invited = new Person(world.url);
    await invited.open(placed.links.invitation);
    await invited.open('/create-account?asked=yes');
    assert.doesNotMatch(invited.text, /We have told/);
  });

  it('is said once, on the page of what was done', async () => {
    const { person: support } = await personAt(world, 'active', { facts: { role: 'support' } });
    const { id } = await personAt(world, 'active');
    await support.open(`/support/${id}`);
    await support.post(`/support/${id}/suspend`, { reason: 'Has left', email: '' });
    assert.match(support.page('.app-notice[role=status]').text(), /Suspend/);
    await support.open(`/support/${id}`);
    assert.equal(support.page('.app-notice[role=status]').length, 0);

    await support.open('/dashboard');
    await support.press('Sign out');
    assert.match(support.text, /You have signed out/);
    await support.open('/sign-in');
    assert.doesNotMatch(support.text, /You have signed out/);

    const placed = await personAt(world, 'invited');
    await expired(placed);
    const invited = new Person(world.url);
    await invited.open(placed.links.invitation);
    await invited.press('Ask for a new invitation');
    assert.match(invited.text, /We have told/);
    await invited.open('/create-account');
    assert.doesNotMatch(invited.text, /We have told/);
  });

  it('is not said on another page, which it is not about', async () => {
    const { person: support } = await personAt(world, 'active', { facts: { role: 'support' } });
    const [one, other] = [await personAt(world, 'active'), await personAt(world, 'active')];
    await support.jar.setCookie(
      `flash=${encodeURIComponent(`/support/${one.id} done:suspend`)}; Path=/`,
      world.url,
    );
    await support.open(`/support/${other.id}`);
    assert.equal(support.page('.app-notice[role=status]').length, 0);
  });
});
