import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import mongoose from 'mongoose';
import type { Onboarding } from '../../store/facts.js';
import { openStore, type Store } from '../../store/open.js';
import { DEFAULT_POLICY as policy } from '../../store/policy.js';
import { later } from '../../store/steps.js';
import { createGateway } from '../../workflows/client/gateway.js';
import { ROOT } from '../docs/documents.js';
import { assertNothingLeftLocally } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  linkFromMail,
  newNumber,
  PASSWORD,
  toDashboard,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { type LocalWorld, startLocalWorld } from '../support/local.js';
import { Person } from '../support/person.js';
import { actAs } from '../support/staff.js';

const MINUTE = 60_000;

/** As docs/operations.md, "Backup and restore", has it; a copy of the database's folder, taken while it stands still, is the backup. */
describe('a restore, on real processes', function () {
  this.timeout(180_000);
  let world: LocalWorld;
  let store: Store;
  let connection: Connection;
  before(async () => {
    world = await startLocalWorld({ SWEEP_SECONDS: '1', BLOCK_GRACE: '1s' });
    await connect();
  });
  after(async () => {
    await store?.close();
    await connection?.close();
    await world?.stop();
  });

  async function connect(): Promise<void> {
    store = await openStore({ uri: world.mongodb.uri, policy });
    connection = await Connection.connect({ address: world.temporal.address });
  }
  async function reconnect(): Promise<void> {
    await store.close();
    await connection.close();
    await connect();
  }

  const folder = (name: string) => join(world.dataDir, name);
  async function backUp(): Promise<void> {
    await world.mongodb.stop();
    await cp(folder('mongodb'), folder('backup'), { recursive: true });
    world.mongodb = await world.startMongodb();
  }

  async function endAllSessions(): Promise<void> {
    const client = new mongoose.mongo.MongoClient(world.mongodb.uri);
    await client.db().collection('sessions').deleteMany({});
    await client.close();
  }

  /** What `npm run admin` prints. */
  async function admin(...args: string[]): Promise<string> {
    const { PATH, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = process.env;
    const given = {
      ...(TEMPORAL_ADDRESS && { TEMPORAL_ADDRESS }),
      ...(TEMPORAL_NAMESPACE && { TEMPORAL_NAMESPACE }),
    };
    const env = { PATH, DATA_DIR: world.dataDir, ...given };
    const run = promisify(execFile)(process.execPath, ['dist/admin/main.js', ...args], { cwd: ROOT, env });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    return stdout;
  }
  /** The problem of each, by its id. */
  const problemsIn = (printed: string): Record<string, string> =>
    Object.fromEntries(
      printed
        .split('\n')
        .map((line) => line.split('  '))
        .filter(([id, , problem]) => id && problem)
        .map(([id, , problem]) => [id, problem]),
    );

  const find = async ({ id }: Pick<Invited, 'id'>) => (await store.onboardings.find(id)) as Onboarding;
  const until = (person: Pick<Invited, 'id'>, stage: string) =>
    eventually(`the stage is ${stage}`, async () => (await find(person)).stage === stage);
  /** Facts at rest, which the workflow has: what a backup finds of most people. */
  const settled = (person: Pick<Invited, 'id'>, seq: number) =>
    eventually(`step ${seq} is told`, async () => {
      const o = await find(person);
      return o.seq === seq && !o.untoldSince;
    });

  async function verifying() {
    const invitation = await invited(world);
    await createAccount(invitation);
    const link = await linkFromMail(world, invitation.email, 'verify');
    await settled(invitation, 4);
    return { ...invitation, verifyLink: link };
  }
  async function confirming() {
    const invitation = await invited(world);
    await createAccount(invitation);
    await verifyEmail(world, invitation);
    const number = newNumber();
    await enterNumber(invitation, number);
    await settled(invitation, 6);
    return { ...invitation, number };
  }
  async function finish(invitation: Invited, number = newNumber()): Promise<void> {
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
  }
  async function signIn({ person, email }: Invited): Promise<void> {
    await person.open('/sign-in');
    await person.press('Sign in', { email, password: PASSWORD });
  }
  const mailsTo = ({ email }: Invited) => world.inbox.mails.filter(({ to }) => to === email).length;

  it('of a database older than Temporal: all go on, deadlines hold, nobody is let in who is not proven there', async () => {
    const waiting = await invited(world);
    await settled(waiting, 2);
    const late = await verifying();
    const verified = await verifying();
    const texted = await confirming();
    const erased = await toDashboard(world);
    await until(erased, 'active');
    const verifyBy = later(new Date(), 10_000);
    await store.onboardings.model.updateOne(
      { _id: late.id },
      { $set: { verifyBy, dueAt: later(verifyBy, 1_000) } },
    );
    await backUp();

    // What is lost: an account, a way to the dashboard, a code, an address verified in time, an erasure, an invitation.
    await createAccount(waiting);
    await verifyEmail(world, verified);
    await finish(verified);
    await enterCode(world, texted, texted.number);
    await untilUnlocked(texted);
    await verifyEmail(world, late);
    await actAs(
      {
        store,
        policy,
        gateway: createGateway(
          new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' }),
        ),
        now: () => new Date(),
      },
      erased.id,
      'erase',
    );
    const stranger = await invited(world);

    await world.api.stop();
    await world.worker.stop();
    await world.mongodb.stop();
    await rm(folder('mongodb'), { recursive: true });
    await cp(folder('backup'), folder('mongodb'), { recursive: true });
    world.mongodb = await world.startMongodb();
    await reconnect();
    await admin('migrate');
    await endAllSessions();
    world.worker = await world.startWorker();
    const found = problemsIn(await admin('doctor', '--repair'));
    assert.deepEqual(found, {
      [waiting.id]: 'workflow-ahead',
      [late.id]: 'workflow-ahead',
      [verified.id]: 'workflow-ended',
      [texted.id]: 'workflow-ended',
      [erased.id]: 'was-erased',
    });
    await eventually(
      'nothing is left to find',
      async () => /^Nothing found/.test(await admin('doctor')),
      MINUTE,
      500,
    );
    world.api = await world.startApi();

    assert.deepEqual(
      [(await find(verified)).stage, (await find(texted)).stage, (await find(erased)).stage],
      ['verifying', 'confirming', 'erased'],
    );
    for (const each of [verified, texted]) {
      await each.person.open('/dashboard');
      assert.equal(each.person.path, '/sign-in', 'sessions are not restored');
    }
    await signIn(texted);
    await texted.person.open('/dashboard');
    assert.equal(texted.person.path, '/two-step', 'the code that was entered is not known');
    await texted.person.open('/phone');
    await finish(texted);

    await verified.person.open(verified.verifyLink);
    await verified.person.press('Verify email');
    await signIn(verified);
    await finish(verified);

    const { length } = world.inbox.mails;
    await createAccount(waiting);
    await waiting.person.open(await linkFromMail(world, waiting.email, 'verify', length));
    await waiting.person.press('Verify email');
    await finish(waiting);

    await until(late, 'blocked');
    await late.person.open(late.verifyLink);
    assert.equal(
      late.person.page('main button').filter((_, each) => /Verify/.test(late.person.page(each).text()))
        .length,
      0,
    );
    await signIn(late);
    assert.equal(late.person.path, '/blocked');
    const unknown = await new Person(world.url).open(stranger.link);
    assert.equal(unknown.page('main [name=password]').length, 0);
    assert.equal((await find(erased)).email, '');
    // The one has its links from before the backup; the other made the account a second time.
    assert.deepEqual([mailsTo(verified), mailsTo(waiting)], [2, 3]);
  });

  if (!process.env['TEMPORAL_ADDRESS']) {
    it('of nothing, where Temporal is lost altogether: all go on, and no mail goes out twice', async () => {
      const waiting = await invited(world);
      await settled(waiting, 2);
      const verified = await verifying();
      const texted = await confirming();

      await world.worker.stop();
      await world.temporal.stop();
      for (const name of await readdir(world.dataDir)) {
        if (name.startsWith('temporal.db')) await rm(folder(name));
      }
      world.temporal = await world.startTemporal();
      world.worker = await world.startWorker();
      const found = problemsIn(await admin('doctor', '--repair'));
      for (const { id } of [waiting, verified, texted]) assert.equal(found[id], 'workflow-missing');

      await enterCode(world, texted, texted.number);
      await untilUnlocked(texted);
      await verifyEmail(world, verified);
      await finish(verified);
      await createAccount(waiting);
      await verifyEmail(world, waiting);
      await finish(waiting);
      assert.deepEqual([waiting, verified, texted].map(mailsTo), [2, 2, 2]);
      const digits = texted.number.replaceAll(' ', '').slice(1);
      assert.equal(world.inbox.texts.filter(({ to }) => to.endsWith(digits)).length, 1);
    });
  }

  it('leaves nothing undone, and a whole audit trail', async () => {
    await assertNothingLeftLocally(world);
    assert.match(await admin('audit'), /The audit trail is whole/);
  });
});
