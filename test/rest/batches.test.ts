import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { batchWorkflowId } from '../../workflows/messages.js';
import { dumpOf } from '../security/dump.js';
import { personAt } from '../security/people.js';
import { batchIn, handIn, newRows, untilDone } from '../support/batches.js';
import { eventually } from '../support/eventually.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { call, newKey } from './calls.js';

describe('a batch of invitations', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const door = async (teamId = `team-${randomUUID()}`) => {
    await world.store.teams.ensure({ _id: teamId, name: 'A team', timeZone: 'UTC' });
    const { id, key } = await newKey(world, { teamId });
    return { url: world.url, apiKey: key, teamId, keyId: id };
  };
  const csv = (door: { url: string; apiKey: string }, text: string | Buffer, more: object = {}) =>
    call(door, 'inviteMany', { body: text, headers: { 'content-type': 'text/csv', ...more } });
  const outcomes = ({ items }: { items: { outcome: string }[] }) => items.map(({ outcome }) => outcome);

  /** What a request could have written; the mails of the tests before go out meanwhile. */
  const settled = async () => {
    const { apiKeys: _, limits: _l, audit: _a, messages: _m, onboardings, ...rest } = await dumpOf(world);
    return { ...rest, onboardings: onboardings?.map(({ _id }) => _id) };
  };

  it('with 3 bad rows of 50 invites 47 and itemises 3; the mails go out', async () => {
    const mine = await door();
    const rows: unknown[] = newRows(50);
    rows[7] = { email: 'no address' };
    rows[19] = { firstName: 'Nobody' };
    rows[41] = { email: newEmail(), lastName: 'x'.repeat(81) };
    const { counts, items } = await untilDone(mine, await handIn(mine, rows));
    assert.deepEqual(counts, { pending: 0, created: 47, existing: 0, refused: 3 });
    assert.deepEqual(
      items.filter(({ outcome }) => outcome !== 'created'),
      [
        { row: 8, outcome: 'refused', reason: 'email-invalid', field: 'email' },
        { row: 20, outcome: 'refused', reason: 'email-invalid', field: 'email' },
        { row: 42, outcome: 'refused', reason: 'name-too-long', field: 'lastName' },
      ],
    );
    assert.equal(new Set(items.map(({ invitationId }) => invitationId)).size, 48);
    const invited = new Set((rows as { email: string }[]).map(({ email }) => email));
    await eventually(
      'the mails are out',
      async () => world.inbox.mails.filter(({ to }) => invited.has(to)).length === 47,
    );
    const first = await call(mine, 'showInvitation', { id: items[0]?.invitationId ?? '' });
    assert.deepEqual([first.status, first.json['firstName']], [200, 'Canary0']);
  });

  it('finds who is there already, in the file and before it, and tells nothing of other teams', async () => {
    const [mine, other] = [await door(), await door()];
    const [known, foreign, twice] = [newEmail(), newEmail(), newEmail()];
    const { json } = await call(mine, 'invitePerson', { body: { email: known } });
    await call(other, 'invitePerson', { body: { email: foreign } });
    const rows = [known, foreign, twice, twice.toUpperCase(), foreign].map((email) => ({ email }));
    const { items } = await untilDone(mine, await handIn(mine, rows));
    const made = items[2]?.invitationId;
    assert.deepEqual(items, [
      { row: 1, outcome: 'existing', invitationId: json['id'] },
      { row: 2, outcome: 'refused', reason: 'cannot-invite' },
      { row: 3, outcome: 'created', invitationId: made },
      { row: 4, outcome: 'existing', invitationId: made },
      { row: 5, outcome: 'refused', reason: 'cannot-invite' },
    ]);
  });

  it('invites anew whose invitation has run out', async () => {
    const mine = await door();
    const past = new Date(world.now().getTime() - 3_600_000);
    const { email } = await personAt(world, 'invited', { facts: { teamId: mine.teamId, inviteBy: past } });
    const dry = await call(mine, 'inviteMany', { body: [{ email }], query: 'dryRun=true' });
    assert.deepEqual(dry.json['counts'], { created: 1, existing: 0, refused: 0 });
    assert.deepEqual(outcomes(await untilDone(mine, await handIn(mine, [{ email }]))), ['created']);
  });

  it('forgets whom a row was about once it is decided, and tells Temporal nothing of it', async () => {
    const mine = await door();
    const rows = [...newRows(2), { email: 'canary at nowhere' }];
    const id = await handIn(mine, rows);
    await untilDone(mine, id);
    const stored = JSON.stringify([
      await world.store.batches.rowModel.find({ batchId: id }).lean(),
      await world.store.batches.find(id),
    ]);
    const { events } = await world.client.workflow.getHandle(batchWorkflowId(id)).fetchHistory();
    const history = Buffer.from(JSON.stringify(events)).toString('latin1');
    for (const each of rows) {
      assert.ok(!stored.includes(each.email), stored);
      assert.ok(!history.includes(each.email));
    }
    assert.doesNotMatch(stored + history, /canary/i);
  });

  it('comes as CSV too: with or without a byte order mark, quoted, with any line ends and separators', async () => {
    const mine = await door();
    const [a, b, c, d] = [newEmail(), newEmail(), newEmail(), newEmail()];
    for (const [n, text] of [
      `\ufeffemail,firstName,lastName,message\r\n${a},Sam,"Taylor, ""Jr"" ","Two\r\nlines"\r\n\r\n,,,\r\n`,
      `email,lastName\n${b},Taylor\n`,
      `email;lastName\n${c};"de; Vries"`,
      `lastName\temail\r${d.replace('person', 'Person')}\r${'Ångström'}\t${d}\r`,
    ].entries()) {
      const answer = await csv(mine, text);
      assert.equal(answer.status, 202, `${n} ${answer.body}`);
      const { items } = await untilDone(mine, String(answer.json['id']));
      const last = items.at(-1);
      assert.equal(last?.outcome, 'created', `${n} ${JSON.stringify(items)}`);
      const o = await world.store.onboardings.find(last.invitationId ?? '');
      assert.deepEqual(o?.email, [a, b, c, d][n]);
      assert.deepEqual(o?.lastName, ['Taylor, "Jr"', 'Taylor', 'de; Vries', 'Ångström'][n]);
      if (n === 0) assert.equal(o?.message, 'Two\nlines');
      // A row without its separator has too few fields.
      if (n === 3) assert.deepEqual(items[0], { row: 1, outcome: 'refused', reason: 'bad-request' });
    }
  });

  it('that cannot be read as a whole is refused as a whole, and says why', async () => {
    const mine = await door();
    const email = newEmail();
    const before = await settled();
    for (const [text, detail] of [
      ['email,team\nx@example.org,y', /there is no column "team"; there are email, firstName/],
      [`${email},Sam\n`, /there is no column like that/],
      ['firstName\nSam\n', /the column email is missing/],
      ['email,email\na@example.org,b@example.org', /twice/],
      ['email,__proto__\na@example.org,x', /"__proto__"/],
      [`email\n${email}\n"open`, /line 3: a quote is never closed/],
      [`email,firstName\n${email},"Sam" x\n`, /line 2: a quote is opened or closed in the middle of a field/],
      [Buffer.from('email,firstName\na@example.org,Andr\xe9', 'latin1'), /UTF-8/],
      ['email\n', /Too small/],
      ['', /Too small/],
      [`email\n${'a@example.org\n'.repeat(10_001)}`, /at most 10000 rows/],
    ] as const) {
      const answer = await csv(mine, text);
      assert.equal(answer.status, 400, answer.body);
      assert.match(String(answer.json['detail']), detail);
      assert.ok(!answer.body.includes(email));
    }
    for (const body of [
      {},
      [],
      '[{"email":"a@example.org","email":"b@example.org"}]',
      [{ email, role: 'clinician', teamId: 'x' }],
      `[{"email":"${email}","__proto__":{"role":"support"}}]`,
      Array.from({ length: 10_001 }, () => 1),
    ]) {
      const answer = await call(mine, 'inviteMany', { body });
      assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 80));
    }
    const latin = await csv(mine, `email\n${email}`, { 'content-type': 'text/csv; charset=iso-8859-1' });
    assert.equal(latin.status, 415);
    const large = await csv(mine, `email,message\n${`${email},${'x'.repeat(1_000)}\n`.repeat(2_100)}`);
    assert.equal(large.status, 413);
    const single = await call(mine, 'invitePerson', { body: { email, message: 'x'.repeat(17_000) } });
    assert.equal(single.status, 413, 'a single one has no more room than before');
    assert.deepEqual(await settled(), before);
  });

  it('gives nobody a role but clinician', async () => {
    const mine = await door();
    const rows = [{ email: newEmail(), role: 'support' }, { email: newEmail(), locale: '../etc' }, null, 1];
    const { items } = await untilDone(mine, await handIn(mine, rows));
    assert.deepEqual(
      items.map(({ outcome, reason, field }) => [outcome, reason, field]),
      [
        ['refused', 'bad-request', 'role'],
        ['refused', 'bad-request', 'locale'],
        ['refused', 'bad-request', undefined],
        ['refused', 'bad-request', undefined],
      ],
    );
  });

  it('as a dry run says what would become of each row, and writes nothing', async () => {
    const [mine, other] = [await door(), await door()];
    const [known, foreign, twice] = [newEmail(), newEmail(), newEmail()];
    const { json } = await call(mine, 'invitePerson', { body: { email: known } });
    await call(other, 'invitePerson', { body: { email: foreign } });
    const before = await settled();
    const rows = [known, foreign, twice, twice, 'nobody'].map((email) => ({ email }));
    const answer = await call(mine, 'inviteMany', { body: rows, query: 'dryRun=true' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.location, undefined);
    assert.deepEqual(answer.json, {
      rows: 5,
      counts: { created: 1, existing: 2, refused: 2 },
      items: [
        { row: 1, outcome: 'existing', invitationId: json['id'] },
        { row: 2, outcome: 'refused', reason: 'cannot-invite' },
        { row: 4, outcome: 'existing' },
        { row: 5, outcome: 'refused', reason: 'email-invalid', field: 'email' },
      ],
    });
    assert.deepEqual(await settled(), before);
  });

  it('with an Idempotency-Key is one batch, however often it comes, and another request is refused', async () => {
    const mine = await door();
    const headers = { 'idempotency-key': randomUUID() };
    const body = newRows(3);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(mine, 'inviteMany', { body, headers })),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    assert.equal(new Set(answers.map(({ body: answered }) => answered)).size, 1);
    const id = String(answers[0]?.json['id']);
    assert.equal((await untilDone(mine, id)).counts.created, 3);
    for (const given of [{ body: newRows(3) }, { body, query: 'dryRun=true' }]) {
      const answer = await call(mine, 'inviteMany', { ...given, headers });
      assert.deepEqual([answer.status, answer.json['type']], [422, 'urn:problem:idempotency-key-reused']);
    }
    assert.equal(await world.store.batches.model.countDocuments({ teamId: mine.teamId }), 1);
  });

  it('is found by its own team only', async () => {
    const [mine, other] = [await door(), await door()];
    const id = await handIn(mine, newRows(1));
    const foreign = await call(other, 'showBatch', { id });
    const unknown = await call(other, 'showBatch', { id: randomUUID() });
    assert.deepEqual([foreign.status, foreign.body], [404, unknown.body]);
    await untilDone(mine, id);
  });

  it('is turned page by page, and narrowed to an outcome', async () => {
    const mine = await door();
    const rows: unknown[] = newRows(5);
    rows[1] = {};
    rows[3] = {};
    const id = await handIn(mine, rows);
    await untilDone(mine, id);
    const first = await call(mine, 'showBatch', { id, query: 'outcome=refused&limit=1' });
    const cursor = String(first.json['nextCursor']);
    const second = await call(mine, 'showBatch', { id, query: `outcome=refused&limit=1&cursor=${cursor}` });
    assert.deepEqual(
      [first, second].map(({ json }) => (json['items'] as { row: number }[]).map(({ row }) => row)),
      [[2], [4]],
    );
    assert.equal(second.json['nextCursor'], undefined);
    for (const bad of ['cursor=x', `cursor=${cursor}A`, 'outcome=pending', 'limit=101']) {
      assert.equal((await call(mine, 'showBatch', { id, query: bad })).status, 400, bad);
    }
  });

  it('ends with a key that is withdrawn: what is left invites nobody', async () => {
    const mine = await door();
    await world.stopWorker();
    const id = await handIn(mine, newRows(3));
    await world.store.apiKeys.revoke(mine.keyId, world.now());
    await world.startWorker();
    const { key } = await newKey(world, { teamId: mine.teamId });
    const { items } = await untilDone({ url: world.url, apiKey: key }, id);
    for (const each of items) assert.deepEqual([each.outcome, each.reason], ['refused', 'not-allowed']);
  });

  it('ends with a key that has run out, and with one whose owner was suspended', async () => {
    const mine = await door();
    const { id: ownerId } = await personAt(world, 'active', { facts: { role: 'team-lead' } });
    const [short, owned] = [
      await newKey(world, { teamId: mine.teamId, lifetime: 600_000 }),
      await newKey(world, { teamId: mine.teamId, ownerId }),
    ];
    await world.stopWorker();
    const ids = [];
    for (const { key } of [short, owned]) ids.push(await handIn({ ...mine, apiKey: key }, newRows(2)));
    await world.store.onboardings.model.db
      .collection<{ _id: string }>('apiKeys')
      .updateOne({ _id: short.id }, { $set: { expiresAt: world.now() } });
    // The write alone: a crash came before the keys were withdrawn.
    await world.store.onboardings.model.updateOne({ _id: ownerId }, { $set: { stage: 'suspended' } });
    await world.startWorker();
    for (const id of ids) {
      const { items } = await untilDone(mine, id);
      for (const each of items) assert.deepEqual([each.outcome, each.reason], ['refused', 'not-allowed']);
    }
  });

  it('that nobody could tell Temporal of is begun by the sweeper; a half stored one is cleared away', async () => {
    const mine = await door();
    const real = world.gateway.startBatch;
    world.gateway.startBatch = async () => {
      throw new Error('away');
    };
    const id = await handIn(mine, newRows(2));
    world.gateway.startBatch = real;
    const long = new Date(world.now().getTime() - 2 * 3_600_000);
    await world.store.batches.model.updateOne({ _id: id }, { $set: { untoldSince: long } });
    const left = randomUUID();
    const by = { kind: 'api-key' as const, id: mine.keyId, name: 'Dr Jonas Weber' };
    const row = { row: 1, request: { email: newEmail(), role: 'clinician' as const, locale: 'en' } };
    await world.store.batches.accept({ _id: left, teamId: mine.teamId, by, createdAt: long, rows: 1 }, [row]);
    await world.store.batches.model.updateOne({ _id: left }, { $unset: { acceptedAt: 1, untoldSince: 1 } });
    await world.sweep();
    assert.equal((await untilDone(mine, id)).counts.created, 2);
    assert.equal(await world.store.batches.model.countDocuments({ _id: left }), 0);
    assert.equal(await world.store.batches.rowModel.countDocuments({ batchId: left }), 0);
  });
});

describe('a batch of more than its key may invite', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({
      limits: { 'invite-caller': { points: 4, duration: 3 }, 'batch-rows': { points: 25, duration: 60 } },
    });
  });
  after(() => world?.stop());

  it('waits for the next allowance and goes on by itself; single invitations get the same one', async () => {
    const id = await handIn(world, newRows(10));
    const waiting = await eventually('it waits', async () => {
      const batch = await batchIn(world, id);
      return batch.state === 'waiting' && batch;
    });
    assert.equal(waiting.counts.created, 4);
    const single = await call(world, 'invitePerson', { body: { email: newEmail() } });
    assert.equal(single.status, 429);
    const { counts } = await untilDone(world, id, 30_000);
    assert.deepEqual(counts, { pending: 0, created: 10, existing: 0, refused: 0 });
  });

  it('and of more rows than it may hand in is refused, dry or not', async () => {
    assert.equal((await call(world, 'inviteMany', { body: newRows(15), query: 'dryRun=true' })).status, 200);
    for (const query of ['', 'dryRun=true']) {
      const answer = await call(world, 'inviteMany', { body: newRows(1), query });
      assert.equal(answer.status, 429);
    }
  });
});
