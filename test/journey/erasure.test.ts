import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { sha256 } from '../../store/secrets.js';
import { staffAction } from '../../store/steps.js';
import { dumpOf } from '../security/dump.js';
import { personAt } from '../security/people.js';
import { storedBatch } from '../support/batches.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  invite,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  untilUnlocked,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';
import { doctorFindings } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';
import { supportPerson } from '../support-console/people.js';

/** SECURITY.md row 39. */
describe('a person who is erased', function () {
  this.timeout(120_000);
  let world: World;
  let logged = '';
  before(async () => {
    const log = new PassThrough();
    log.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
    });
    world = await startWorld({ logTo: log, policy: { resendCooldown: 1 } });
  });
  after(() => world?.stop());

  const mistyped = 'canary.mistyped@example.org';
  const email = 'canary.address@example.org';
  const number = newNumber();
  const digits = `44${number.replaceAll(' ', '').slice(1)}`;
  const names = { firstName: 'Canaryfirst', lastName: 'Canarylast' };
  const canaries: Record<string, string> = {
    ...names,
    address: email,
    mistyped,
    digits,
    message: 'Canarymessage',
    note: 'Canarynote',
    chat: 'Canarychat',
    reply: 'Canaryreply',
    reason: 'Canaryreason',
    // A short number is soon found by its hash.
    hashedNumber: sha256(`+${digits}`),
    hashedAddress: sha256(email),
  };
  const foundIn = (text: string) =>
    Object.entries(canaries).flatMap(([what, value]) =>
      text.toLowerCase().includes(value.toLowerCase()) ? [what] : [],
    );

  it('is absent from the database, the histories and the log after a whole journey', async () => {
    const support = (await supportPerson(world)).person;
    const { body } = await invite(
      world,
      { email: mistyped, ...names, message: 'Canarymessage' },
      { 'idempotency-key': 'canary-key' },
    );
    const id = body['id'] ?? '';
    const person = new Person(world.url);
    const me = { id, email, person, link: await linkFromMail(world, mistyped, 'invite') };
    await createAccount(me, names);
    await person.open('/change-address');
    await person.press('Change email address', { email, password: PASSWORD });
    await person.open(await linkFromMail(world, email, 'verify'));
    await person.press('Verify email');
    await person.open('/support-chat');
    await person.press('Send', { message: 'Canarychat' });
    await support.open(`/support/${id}/chat`);
    await support.press('Send', { message: 'Canaryreply' });
    await person.open('/phone');
    await enterNumber(me, number);
    await enterCode(world, me, number);
    await untilUnlocked(me);
    await person.press('start using Huma', { accepted: 'yes' });
    const colleague = newEmail();
    await person.open('/invite-colleague');
    await person.post('/invite-colleague', { email: colleague, message: 'Canarynote' });
    await linkFromMail(world, colleague, 'invite');
    const byKey = { kind: 'api-key', id: 'canary-lead', name: 'Canaryfirst Canarylast' } as const;
    const ofKey = await personAt(world, 'invited', { facts: { invitedBy: byKey } });
    await world.store.apiKeys.ensure({
      _id: 'canary-lead',
      key: 'a key of the person, long enough',
      teamId: 'demo',
      ownerName: 'Canaryfirst Canarylast',
      ownerEmail: email,
      createdAt: world.now(),
      expiresAt: new Date(world.now().getTime() + 3_600_000),
    });
    await support.open(`/support/${id}`);
    await support.press('Suspend', { reason: 'Canaryreason' });
    await support.press('Reinstate', { reason: 'Canaryreason' });
    const texts = world.inbox.texts.length;
    const elsewhere = await new Person(world.url).open('/sign-in');
    await elsewhere.press('Sign in', { email, password: PASSWORD });
    await elsewhere.press('Next', { code: await codeFromText(world, number, texts) });
    assert.equal(elsewhere.path, '/dashboard');
    const lost = await new Person(world.url).open('/forgotten-password');
    await lost.press('Send the link', { email });
    await linkFromMail(world, email, 'reset-password');
    await world.sweep();
    const dump = JSON.stringify(await dumpOf(world));
    assert.deepEqual(
      foundIn(dump).sort(),
      Object.keys(canaries)
        .filter((what) => what !== 'mistyped')
        .sort(),
      'the search finds what is there',
    );
    const listed = await storedBatch(world, { email, ...names });
    const { challenge } = (await world.store.onboardings.find(id)) ?? {};

    await support.open(`/support/${id}`);
    await support.press('Erase this person', { reason: 'Canaryreason' });
    assert.match(support.page('.app-notice[role=status]').text(), /Done/);

    const left = await dumpOf(world);
    for (const [collection, documents] of Object.entries(left)) {
      assert.deepEqual(foundIn(JSON.stringify(documents)), [], collection);
    }
    for (const collection of ['sessions', 'messages', 'conversations']) {
      assert.ok(!JSON.stringify(left[collection]).includes(id), collection);
    }
    assert.deepEqual(foundIn(logged), []);
    const workflows = [`onboarding-${id}-1`, `onboarding-${id}-2`, `sign-in-code-${challenge?.id}-1`];
    for (const workflow of workflows) {
      const handle = world.client.workflow.getHandle(workflow);
      assert.equal((await handle.describe()).status.name, 'COMPLETED', workflow);
      const history = JSON.stringify(await handle.fetchHistory());
      const text = history.replaceAll(/"data":"([^"]+)"/g, (_, data: string) =>
        Buffer.from(data, 'base64').toString(),
      );
      assert.ok(text.includes(id), 'payloads are read');
      assert.deepEqual(foundIn(text), [], workflow);
    }

    // Out everywhere, and as unknown as anybody.
    assert.equal((await person.open('/dashboard')).path, '/sign-in');
    assert.equal((await elsewhere.open('/dashboard')).path, '/sign-in');
    await elsewhere.press('Sign in', { email, password: PASSWORD });
    assert.equal(elsewhere.path, '/sign-in');
    // Somebody's list that is still to be carried out invites the person no more.
    const rows = await world.store.batches.rows(listed, { after: 0, limit: 10 });
    assert.deepEqual(
      rows.map(({ outcome, reason, request }) => ({ outcome, reason, request })),
      [{ outcome: 'refused', reason: 'cannot-invite', request: undefined }],
    );
    // Whoever the person invited may still come in; the team invites now.
    for (const o of [
      await world.store.onboardings.findByEmail(colleague),
      await world.store.onboardings.find(ofKey.id),
    ]) {
      assert.equal(o?.stage, 'invited');
      assert.equal(o?.invitedBy.name, 'Cardiology, Demo Hospital');
    }
    // The address is free.
    assert.equal((await invite(world, { email })).status, 201);
    // What happened stays on record, and fits.
    await world.sweep();
    assert.equal((await world.store.audit.of(id)).at(-1)?.type, 'erased');
    for await (const each of world.store.audit.breaks()) assert.fail(`${each.kind} ${each.id}`);
    assert.deepEqual(
      (await doctorFindings(world)).filter((line) => line.startsWith(id)),
      [],
    );
  });

  const tracesLeft = async (id: string) => (await world.store.onboardings.find(id))?.erasing !== undefined;

  it('loses the traces as well when nobody told the workflow', async () => {
    const aMinuteAgo = new Date(world.now().getTime() - 60_000);
    const { id } = await personAt(world, 'active', { facts: { createdAt: aMinuteAgo } });
    const outcome = await world.store.onboardings.take(
      id,
      staffAction(
        {
          action: { name: 'erase' },
          actor: { kind: 'support' },
          reason: 'crashed here',
          at: aMinuteAgo,
        },
        world.policy,
      ),
    );
    assert.ok(outcome.done);
    assert.ok(await tracesLeft(id));
    await world.sweep();
    await eventually('the traces are gone', async () => !(await tracesLeft(id)));
    assert.equal(await world.store.sessions.countOf(id), 0);
  });

  it('loses them on the way in too, by the workflow that was there, which ends', async () => {
    const { id, person, link } = await invited(world);
    await createAccount({ id, person, link, email: '' });
    assert.equal((await actAs(world, id, 'erase')).carriedOut, true);
    assert.ok(!(await tracesLeft(id)));
    assert.equal(await world.client.workflow.getHandle(`onboarding-${id}-1`).result(), 'erased');
    assert.equal((await world.store.onboardings.find(id))?.attempt, 1);
    assert.deepEqual(await world.store.messages.of(id), []);
  });

  it('loses them when a worker is back, and until then the answer does not say that it is done', async () => {
    const { id } = await personAt(world, 'active');
    await world.store.conversations.say(id, { from: 'person', text: 'Hello', at: world.now() });
    await world.stopWorker();
    assert.equal((await actAs(world, id, 'erase')).carriedOut, false);
    assert.equal(await world.store.sessions.countOf(id), 0, 'but is signed out at once');
    assert.ok(await tracesLeft(id));
    await world.startWorker();
    await eventually('the traces are gone', async () => !(await tracesLeft(id)));
    assert.equal(await world.store.conversations.find(id), null);
  });
});
