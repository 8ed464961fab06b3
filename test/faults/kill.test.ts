import assert from 'node:assert/strict';
import { openStore, type Store } from '../../store/open.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { assertNothingLeftLocally } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterNumber,
  invited,
  linkFromMail,
  newNumber,
  untilUnlocked,
} from '../support/journey.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';

describe('kill -9 between the steps of one onboarding, on real processes', function () {
  this.timeout(180_000);
  let world: LocalWorld;
  let store: Store | undefined;
  before(async () => {
    world = await startLocalWorld({ SWEEP_SECONDS: '1' });
  });
  after(async () => {
    await store?.close();
    await world?.stop();
  });

  it('still ends in the dashboard: one account, each event once, a whole audit trail', async () => {
    // The worker dies before it can send the invitation.
    await world.worker.kill();
    const inviting = invited(world);
    await world.startWorker();
    const invitation = await inviting;
    const { person, email, id } = invitation;

    // The api dies with the account just made.
    await createAccount(invitation);
    await world.api.kill();
    world.api = await world.startApi();
    const verifyLink = await linkFromMail(world, email, 'verify');

    // Temporal is down when the address is verified: the fact is taken, the sweeper tells later.
    await world.temporal.kill();
    await person.open(verifyLink);
    await person.press('Verify email');
    assert.equal(person.path, '/phone', person.text);
    world.temporal = await world.startTemporal();

    // The database dies with the number just entered.
    const number = newNumber();
    await enterNumber(invitation, number);
    await world.mongodb.kill();
    world.mongodb = await world.startMongodb();
    const code = await codeFromText(world, number);
    await person.open('/two-step');
    await person.press('Next', { code });
    await untilUnlocked(invitation);
    await person.press('start using Huma', { accepted: 'yes' });
    assert.match(person.text, /Cardiology, Demo Hospital/);

    store = await openStore({ uri: world.mongodb.uri, policy: DEFAULT_POLICY });
    const events = await filedEvents(store, id);
    assert.deepEqual(events, [
      'invited',
      'invitation-mail-accepted',
      'account-created',
      'verification-mail-accepted',
      'email-verified',
      'number-entered',
      'code-confirmed',
      'activated',
      'disclaimer-acknowledged',
    ]);
    assert.equal(await store.audit.firstBreak(id), undefined);
    assert.equal(await store.onboardings.model.countDocuments({ email }), 1);
    // A message goes out more than once only where an attempt went unacknowledged, and then it is the same one.
    const mails = world.inbox.mails.filter(({ to }) => to === email);
    assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, 2);
    assert.equal(new Set(world.inbox.texts.map(({ text }) => text)).size, 1);
  });

  it('leaves nothing undone', () => assertNothingLeftLocally(world));
});

/** The trail, once the sweeper has filed the whole outbox. */
async function filedEvents(store: Store, id: string): Promise<string[]> {
  await eventually(
    'the outbox is filed',
    async () => (await store.onboardings.find(id))?.outbox.length === 0,
  );
  return (await store.audit.of(id)).map(({ type }) => type);
}
