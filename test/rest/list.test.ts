import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Onboarding, Stage } from '../../store/facts.js';
import { STAGES } from '../../store/facts.js';
import { later } from '../../store/steps.js';
import { personAt } from '../security/people.js';
import { startWorld, type World } from '../support/world.js';
import { call, newKey } from './calls.js';

const HOUR = 3_600_000;

describe('the list of invitations', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  /** A team of its own, so that no test sees another's. */
  async function team() {
    const teamId = `team-${randomUUID()}`;
    const { key } = await newKey(world, { teamId });
    const door = { url: world.url, apiKey: key };
    return {
      place: (stage: Stage, facts: Partial<Onboarding> = {}) =>
        personAt(world, stage, { facts: { teamId, ...facts } }),
      list: (query: Record<string, string> = {}) =>
        call(door, 'listInvitations', { query: new URLSearchParams(query).toString() }),
    };
  }
  const idsIn = ({ json }: { json: Record<string, unknown> }) =>
    (json['items'] as { id: string }[]).map(({ id }) => id);

  it('holds the own team’s, newest first', async () => {
    const [own, other] = [await team(), await team()];
    const at = world.now();
    const older = await own.place('invited', { createdAt: later(at, -HOUR) });
    const newer = await own.place('active', { createdAt: at });
    await other.place('invited');
    const answer = await own.list();
    assert.equal(answer.status, 200);
    assert.deepEqual(idsIn(answer), [newer.id, older.id]);
    assert.equal(answer.json['nextCursor'], undefined);
  });

  it('is turned page by page, and what comes in meanwhile moves nothing', async () => {
    const { place, list } = await team();
    const at = world.now();
    const placed: string[] = [];
    // Three at a time share a moment, as in a batch.
    for (let n = 0; n < 7; n++) {
      const { id } = await place('invited', { createdAt: later(at, -Math.floor(n / 3) * HOUR) });
      placed.push(id);
    }
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await list({ limit: '2', ...(typeof cursor === 'string' && { cursor }) });
      assert.equal(page.status, 200);
      seen.push(...idsIn(page));
      cursor = page.json['nextCursor'];
      await place('invited', { createdAt: later(at, HOUR) });
    } while (cursor !== undefined);
    assert.equal(seen.length, 7, 'each once');
    assert.deepEqual([...seen].sort(), placed.sort());
  });

  it('is filtered by the stage that counts, also before anybody has written it down', async () => {
    const { place, list } = await team();
    const past = later(world.now(), -1);
    const expected: Record<string, string[]> = Object.fromEntries(STAGES.map((stage) => [stage, []]));
    for (const stage of STAGES) expected[stage]?.push((await place(stage)).id);
    expected['expired']?.push((await place('invited', { inviteBy: past })).id);
    expected['blocked']?.push((await place('verifying', { verifyBy: past })).id);
    for (const stage of STAGES) {
      const answer = await list({ stage });
      assert.deepEqual([stage, idsIn(answer).sort()], [stage, expected[stage]?.sort()]);
      for (const item of answer.json['items'] as { stage: string }[]) assert.equal(item.stage, stage);
    }
  });

  it('counts a verification mail that is still on its way as open, and not for ever', async () => {
    const { place, list } = await team();
    const { id } = await place('verifying');
    const change = (update: object) => world.store.onboardings.model.updateOne({ _id: id }, update);
    const stagesOf = async () =>
      [await list({ stage: 'verifying' }), await list({ stage: 'blocked' })].map(
        (each) => idsIn(each).length,
      );
    const at = world.now();
    await change({ $unset: { verifyBy: 1, dueAt: 1 } });
    assert.deepEqual(await stagesOf(), [1, 0]);
    await change({ $set: { dueAt: at } });
    assert.deepEqual(await stagesOf(), [1, 0]);
    await change({ $set: { dueAt: later(at, -1) } });
    assert.deepEqual(await stagesOf(), [0, 1]);
    await change({ $set: { verifyBy: at } });
    assert.deepEqual(await stagesOf(), [1, 0]);
  });

  it('is searched by words in the name or the address', async () => {
    const { place, list } = await team();
    const sam = await place('invited', {
      firstName: 'Samantha',
      lastName: 'O’Neill',
      email: `${randomUUID()}+x@ward.example`,
    });
    const zoe = await place('invited', {
      firstName: 'Zoë',
      lastName: 'Müller-Smith',
      email: `zoe.${randomUUID()}@clinic.example`,
    });
    const found: [string, string[]][] = [
      ['sam', [sam.id]],
      ['SAM neill', [sam.id]],
      ['antha', [sam.id]],
      ['+x@ward', [sam.id]],
      ['zoe.', [zoe.id]],
      ['müller-smith zoë', [zoe.id]],
      ['MÜLLER', [zoe.id]],
      ['.example', [zoe.id, sam.id]],
      ['samantha müller', []],
      ['  ', [zoe.id, sam.id]],
    ];
    for (const [q, ids] of found) {
      assert.deepEqual([q, idsIn(await list({ q })).sort()], [q, [...ids].sort()]);
    }
  });

  it('takes what is searched for literally', async () => {
    const { place, list } = await team();
    await place('invited');
    for (const q of [
      '.*',
      '^',
      '$',
      'a|.',
      '[a-z]',
      '(?i)sam',
      '\\w',
      '\\',
      '(',
      '[',
      '{1}',
      'S?am',
      '\\Qa\\E',
      '#',
      '(?#x)sam',
    ]) {
      const answer = await list({ q });
      assert.deepEqual([q, answer.status, idsIn(answer)], [q, 200, []]);
    }
  });

  it('is not held up by a hostile search', async () => {
    const { place, list } = await team();
    for (let n = 0; n < 5; n++) await place('invited', { firstName: 'a'.repeat(80) });
    const q = '(a+)+$ (a|aa)+$ (.*a){20} '.repeat(2).trim();
    assert.equal((await list({ q })).status, 200);
  });

  it('refuses what is no query', async () => {
    const { place, list } = await team();
    await place('invited');
    await place('invited');
    const { json } = await list({ limit: '1' });
    const cursor = String(json['nextCursor']);
    const id = randomUUID();
    const made = (text: string) => Buffer.from(text).toString('base64url');
    const cursors = [
      '',
      'x',
      `${cursor}x`,
      `${cursor}=`,
      cursor.slice(0, -1),
      cursor.toUpperCase(),
      made(`1.${id.toUpperCase()}`),
      made(`-1.${id}`),
      made(`01.${id}`),
      made(`1e3.${id}`),
      made('{"$gt":""}'),
      made('1.'),
      made(`9999999999999999.${id}`),
      'x'.repeat(201),
    ];
    for (const each of cursors) {
      assert.equal((await list({ cursor: each })).status, 400, `cursor ${each}`);
    }
    for (const limit of ['0', '-1', '101', '1.5', '1e1', '0x10', 'ten', '', ' 5', 'NaN', '9'.repeat(400)]) {
      assert.equal((await list({ limit })).status, 400, `limit ${limit}`);
    }
    for (const stage of ['', 'Invited', 'nothing', 'invited,active', '__proto__', 'constructor']) {
      assert.equal((await list({ stage })).status, 400, `stage ${stage}`);
    }
    for (const q of ['a\u0000', 'a\nb', '\u202e', 'x'.repeat(101), 'a b c d e f g h i']) {
      assert.equal((await list({ q })).status, 400, `q ${JSON.stringify(q)}`);
    }
  });

  it('refuses repeated and unknown parameters, and never quotes them', async () => {
    for (const query of [
      'stage=active&stage=invited',
      'q=a&q=b',
      'limit=1&limit=2',
      'stage[$ne]=active',
      'stage[]=active',
      'q[$regex]=.*',
      'teamId=another-team',
      'canary-77=1',
      '__proto__=1',
      'constructor=1',
      '__proto__[stage]=active',
      '$where=1',
      '=1',
    ]) {
      const answer = await call(world, 'listInvitations', { query });
      assert.deepEqual([query, answer.status], [query, 400]);
      assert.doesNotMatch(answer.body, /canary|another-team|\$/);
    }
  });
});
