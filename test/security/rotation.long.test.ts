import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/services/ports.js';
import { openStore } from '../../store/open.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { createKeyring } from '../../store/secrets.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterNumber,
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
import type { PhoneApp } from '../support/phone-app.js';
import { setUpApp } from './second-factors.js';

const ACCOUNT = { firstName: 'Sam', lastName: 'Taylor', password: PASSWORD, accepted: 'yes' };

/** The order of docs/operations.md, "Rotating secrets", on processes that differ for a while. */
describe('keys that are rotated', function () {
  this.timeout(180_000);
  const [OLD = '', NEW = ''] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  let folder: string;
  let file: string;
  let world: LocalWorld;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onboarding-keys-'));
    file = join(folder, 'secret_keys');
    await writeFile(file, OLD);
    world = await startLocalWorld({
      SECRET_KEYS: '',
      SECRET_KEYS_FILE: file,
      SWEEP_SECONDS: '1',
      RETENTION_EVERY: '2s',
    });
  });
  after(async () => {
    await world?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What is under way: a mailed link of each kind, an open form, a texted code, a session. */
  async function underWay() {
    const [link, form, verification, texted] = [
      await invited(world),
      await invited(world),
      await invited(world),
      await invited(world),
    ];
    await form.person.open(form.link);
    await createAccount(verification);
    const verifyLink = await linkFromMail(world, verification.email, 'verify');
    await createAccount(texted);
    await verifyEmail(world, texted);
    const number = newNumber();
    await enterNumber(texted, number);
    const code = await codeFromText(world, number);
    const session = (await toDashboard(world)).person;
    return { link, form, verification, verifyLink, texted, code, session };
  }
  type UnderWay = Awaited<ReturnType<typeof underWay>>;

  async function assertGoesOn({ link, form, verification, verifyLink, texted, code, session }: UnderWay) {
    await createAccount(link);
    await form.person.press('Create account', ACCOUNT);
    assert.equal(form.person.path, '/check-email', form.person.text);
    await verification.person.open(verifyLink);
    await verification.person.press('Verify email');
    assert.equal(verification.person.path, '/phone', verification.person.text);
    await texted.person.press('Next', { code });
    await untilUnlocked(texted);
    await session.open('/dashboard');
    assert.equal(session.path, '/dashboard');
  }

  /** Puts the list in force, process by process; what the one makes the other takes, also in between. */
  async function rotateTo(...keys: string[]): Promise<void> {
    await writeFile(file, keys.join(','));
    await world.worker.stop();
    world.worker = await world.startWorker();
    const between = await invited(world);
    await createAccount(between);
    await verifyEmail(world, between);
    await world.api.stop();
    world.api = await world.startApi();
    const number = newNumber();
    await between.person.open('/phone');
    await enterNumber(between, number);
    await between.person.press('Next', { code: await codeFromText(world, number) });
    await untilUnlocked(between);
  }

  /** Of an authenticator app in the database: which key has sealed it. */
  async function sealedBy(id: string): Promise<string | undefined> {
    const store = await openStore({ uri: world.mongodb.uri, policy: DEFAULT_POLICY });
    const onboarding = await store.onboardings.find(id);
    await store.close();
    return onboarding?.authenticator?.secret.keyId;
  }
  const idOf = (key: string) => createKeyring([Buffer.from(key, 'base64')]).sealKeyId;

  let first: UnderWay;
  let withApp: { id: string; email: string; app: PhoneApp };
  it('new at the end, then in front: everything made before each change goes on after it', async () => {
    first = await underWay();
    const { id, email, person } = await toDashboard(world);
    await person.press('start using Huma', { accepted: 'yes' });
    withApp = { id, email, app: await setUpApp({ now: () => new Date() }, person) };
    assert.equal(await sealedBy(id), idOf(OLD));
    const before = await underWay();
    await rotateTo(OLD, NEW);
    await assertGoesOn(before);
    const meanwhile = await underWay();
    await rotateTo(NEW, OLD);
    await assertGoesOn(meanwhile);
  });

  it('old taken away: what the new one made goes on, and sessions; the rest is refused and can be had again', async () => {
    const made = await underWay();
    await eventually('retention has sealed it anew', async () => (await sealedBy(withApp.id)) === idOf(NEW));
    await rotateTo(NEW);
    await assertGoesOn(made);

    const owner = await new Person(world.url).open('/sign-in');
    await owner.press('Sign in', { email: withApp.email, password: PASSWORD });
    assert.equal(owner.path, '/two-step/app');
    await owner.press('Next', { code: withApp.app.code(new Date(), 1) });
    assert.equal(owner.path, '/dashboard', owner.text);

    const { link, form, verifyLink, texted, code, session } = first;
    for (const address of [link.link, verifyLink]) {
      await link.person.open(address);
      assert.equal(link.person.page('main form').length, 0, link.person.text);
    }
    await form.person.press('Create account', ACCOUNT);
    assert.equal(form.person.status, 403, form.person.text);
    await texted.person.open('/two-step');
    await texted.person.press('Next', { code });
    assert.match(texted.person.text, /code/i);
    assert.equal(texted.person.path, '/two-step');
    await session.open('/dashboard');
    assert.equal(session.path, '/dashboard');

    const number = newNumber();
    await texted.person.open('/phone');
    await enterNumber(texted, number);
    await texted.person.press('Next', { code: await codeFromText(world, number) });
    await untilUnlocked(texted);
  });

  it('in front at once, a process that lacks it does not know the links', async () => {
    await writeFile(file, OLD);
    const port = await freePort();
    await world.startAnotherApi(port);
    const { link } = await invited(world);
    const person = await new Person(`http://localhost:${port}`, world.url).open(new URL(link).pathname);
    assert.equal(person.page('main form').length, 0, person.text);
  });
});
