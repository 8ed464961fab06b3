import assert from 'node:assert/strict';
import mongoose from 'mongoose';
import type { EventType, Onboarding } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { askForPasswordReset } from '../../store/steps.js';
import { NEW_PASSWORD, newEmail } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, type Placed, personAt } from './people.js';
import { askForReset } from './requests.js';

const MINUTE = 60_000;
const ASKS_ALLOWED = 5;

/** SECURITY.md rows 4 and 12, for a lost password. */
describe('asking for a link to a new password', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ worker: false });
    world.advance(0);
    Object.assign(world.gateway, { act: async () => undefined });
  });
  after(() => world?.stop());

  const eventsOf = async (id: string, type: EventType) =>
    (await factsOf(world, id)).outbox.filter((event) => event.type === type).length;
  const resetBy = async ({ links }: Pick<Placed, 'links'>, password = NEW_PASSWORD) => {
    const person = await new Person(world.url).open(links['password-reset']);
    return person.press('Change password', { password });
  };

  /** The first is somebody whom a mail goes to. */
  const addresses = async (): Promise<string[]> => {
    const emails = [];
    for (const stage of ['active', 'invited', 'verifying', 'suspended'] as const)
      emails.push((await personAt(world, stage)).email);
    world.advance(31_000);
    return [...emails, newEmail()];
  };

  it('is answered alike by the same operations, without waiting for Temporal, whoever has the address', async () => {
    const { nudge } = world.gateway;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    Object.assign(world.gateway, { nudge: () => held });
    const emails = await addresses();
    const answers: object[] = [];
    const operations: string[][] = [];
    try {
      for (const email of emails) {
        const seen: string[] = [];
        mongoose.set('debug', (collection: string, method: string) => seen.push(`${collection}.${method}`));
        const { status, headers, body } = await askForReset(world.url, email);
        operations.push(seen);
        mongoose.set('debug', false);
        const { date: _d, 'x-request-id': _i, ...rest } = headers;
        const cookies = headers['set-cookie']?.map((each) =>
          each.replace(encodeURIComponent(email), 'X').replace(/Expires=[^;]+/, ''),
        );
        answers.push({ status, headers: { ...rest, 'set-cookie': cookies }, body });
      }
    } finally {
      mongoose.set('debug', false);
      release();
      Object.assign(world.gateway, { nudge });
    }
    const [forKnown, ...forOthers] = answers;
    const known = await world.store.onboardings.findByEmail(emails[0] ?? '');
    assert.equal(known?.outbox.at(-1)?.type, 'password-reset-requested');
    for (const other of forOthers) assert.deepEqual(other, forKnown);
    for (const other of operations.slice(1)) assert.deepEqual(other, operations[0]);
  });

  it('says the same on the page that follows', async () => {
    const pages = [];
    for (const email of await addresses()) {
      const person = await new Person(world.url).open('/forgotten-password');
      await person.press('Send the link', { email });
      pages.push([person.status, person.text.replaceAll(email, 'EMAIL')]);
    }
    assert.match(String(pages[0]?.[1]), /If there is an account with the address EMAIL/);
    for (const page of pages) assert.deepEqual(page, pages[0]);
  });

  it('is throttled at the same attempt', async () => {
    for (const email of [(await personAt(world, 'active')).email, newEmail()]) {
      const statuses = [];
      for (let nth = 0; nth <= ASKS_ALLOWED; nth++)
        statuses.push((await askForReset(world.url, email)).status);
      assert.deepEqual(statuses, [...Array<number>(ASKS_ALLOWED).fill(303), 429]);
    }
  });

  it('is throttled by network and in total', async () => {
    for (const limit of ['reset-address', 'reset-site', 'reset-total'] as const) {
      const tight = await startWorld({ worker: false, limits: { [limit]: { points: 1, duration: 60 } } });
      try {
        assert.equal((await askForReset(tight.url, newEmail())).status, 303);
        assert.equal((await askForReset(tight.url, newEmail())).status, 429, limit);
      } finally {
        await tight.stop();
      }
    }
  });

  it('cannot be used up for everybody from the many networks of one IPv6 site', async () => {
    const tight = await startWorld({
      worker: false,
      trustProxy: 1,
      limits: { 'reset-site': { points: 3, duration: 60 } },
    });
    try {
      const askFrom = (ip: string) => askForReset(tight.url, newEmail(), { 'x-forwarded-for': ip });
      const statuses = [];
      for (let nth = 0; nth < 5; nth++) statuses.push((await askFrom(`2001:db8:1:${nth}::1`)).status);
      assert.deepEqual(statuses, [303, 303, 303, 429, 429]);
      for (const ip of ['2001:db8:2::1', '192.0.2.7']) assert.equal((await askFrom(ip)).status, 303, ip);
    } finally {
      await tight.stop();
    }
  });

  it('twice in half a minute is asking once; later the newer link takes the place of the older', async () => {
    const placed = await personAt(world, 'active');
    for (let nth = 0; nth < 2; nth++) await askForReset(world.url, placed.email);
    assert.equal(await eventsOf(placed.id, 'password-reset-requested'), 0, 'the link of a moment ago');
    world.advance(31_000);
    await askForReset(world.url, ` ${placed.email.toUpperCase()} `);
    const { links, resetLinkId, notices, email } = await factsOf(world, placed.id);
    assert.deepEqual(notices, [
      { id: notices[0]?.id, kind: 'password-reset', to: email, at: world.now(), linkId: resetLinkId },
    ]);
    assert.equal(links.filter(({ outcome }) => outcome === 'superseded').length, 1);
    const old = await new Person(world.url).open(placed.links['password-reset']);
    assert.deepEqual([old.status, old.heading], [410, 'There is a newer link']);
  });

  it('however often pushes out no link of the way in', async () => {
    const { id, links } = await personAt(world, 'enrolling');
    for (let nth = 1; nth <= 20; nth++) {
      const judge = askForPasswordReset(
        { newLinkId: newSecretId(), at: new Date(world.now().getTime() + nth * MINUTE) },
        world.policy,
      );
      await world.store.onboardings.take(id, judge);
    }
    const after = await factsOf(world, id);
    assert.deepEqual(
      after.links.map(({ purpose }) => purpose),
      [...Array<string>(5).fill('password-reset'), 'invitation', 'verification'],
    );
    const invitation = await new Person(world.url).open(links.invitation);
    assert.equal(invitation.heading, 'This link has already been used');
  });

  it('gives a mailbox nothing that it was not invited to, and no account without its number', async () => {
    const cases: Partial<Onboarding>[] = [{ addressCorrected: true }, { activatedAt: world.now() }];
    for (const stage of ['enrolling', 'confirming'] as const) {
      for (const facts of cases) {
        const placed = await personAt(world, stage, { facts });
        const before = await factsOf(world, placed.id);
        world.advance(31_000);
        assert.equal((await askForReset(world.url, placed.email)).status, 303);
        assert.equal((await resetBy(placed)).status, 410);
        assert.deepEqual(await factsOf(world, placed.id), before);
      }
    }
    const active = await personAt(world, 'active', { facts: { addressCorrected: true } });
    assert.equal((await resetBy(active)).path, '/sign-in');
  });
});
