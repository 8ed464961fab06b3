import assert from 'node:assert/strict';
import { codeFromText, PASSWORD, toDashboard, untilUnlocked } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';

describe('the guide without JavaScript', () => {
  let world: World;
  before(async function () {
    this.timeout(120_000);
    world = await startWorld();
  });
  after(() => world?.stop());

  it('leads from the invitation to the dashboard, and in again without the disclaimer', async () => {
    const { person, email, number, id } = await toDashboard(world);
    assert.equal(person.page('dialog[open]').length, 1);
    await person.press('start using Huma', { accepted: 'yes' });
    assert.equal(person.page('dialog[open]').length, 0);
    assert.match(person.text, /Cardiology, Demo Hospital/);

    await person.press('Sign out');
    assert.equal(person.path, '/sign-in');
    const again = new Person(world.url);
    await again.open('/sign-in');
    const since = world.inbox.texts.length;
    await again.press('Sign in', { email, password: PASSWORD });
    assert.equal(again.path, '/two-step');
    await again.press('Next', { code: await codeFromText(world, number, since) });
    await untilUnlocked({ person: again });
    assert.equal(again.page('dialog[open]').length, 0);

    const onboarding = await world.store.onboardings.find(id);
    assert.equal(onboarding?.stage, 'active');
    assert.deepEqual(
      onboarding?.outbox.map(({ type }) => type),
      [
        'invited',
        'invitation-mail-accepted',
        'account-created',
        'verification-mail-accepted',
        'email-verified',
        'number-entered',
        'code-confirmed',
        'activated',
        'disclaimer-acknowledged',
        'sign-in-code-requested',
        'signed-in',
      ],
    );
  });
});
