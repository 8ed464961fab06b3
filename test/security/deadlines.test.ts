import assert from 'node:assert/strict';
import { PASSWORD } from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, personAt } from './people.js';

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

/** SECURITY.md row 15: no worker runs here, so nothing is written when a deadline passes. */
describe('a deadline, with every worker down', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  it('keeps an unverified account out at 24 hours and 1 second', async () => {
    const { id, email, links, person } = await personAt(world, 'verifying', { level: 'password' });
    world.advance(DAY + SECOND);
    const browser = await new Person(world.url).open('/sign-in');
    await browser.press('Sign in', { email, password: PASSWORD });
    assert.equal(browser.path, '/blocked');
    for (const path of ['/check-email', '/phone', '/two-step', '/dashboard', '/account']) {
      assert.equal((await browser.open(path)).path, '/blocked', path);
    }
    const stranger = await new Person(world.url).open(links.verification);
    assert.equal(stranger.status, 410);
    await browser.open(links.verification);
    assert.equal(browser.path, '/blocked');
    await browser.open('/blocked');
    await browser.post('/verify', { linkId: links.verification.slice(8, 30) });
    assert.equal(browser.path, '/blocked');
    assert.equal((await person.open('/dashboard')).path, '/sign-in');
    assert.equal((await factsOf(world, id)).stage, 'verifying');
  });

  it('lets a click at 23:59:59 count', async () => {
    const { id, links } = await personAt(world, 'verifying');
    world.advance(DAY - SECOND);
    const person = await new Person(world.url).open(links.verification);
    await person.press('Verify email');
    assert.equal((await factsOf(world, id)).stage, 'enrolling');
  });

  it('lets a click at 23:59:59 count also when it is decided after the deadline', async () => {
    const { id, links } = await personAt(world, 'verifying');
    world.advance(DAY - SECOND);
    const person = await new Person(world.url).open(links.verification);
    const { findByLink } = world.store.onboardings;
    world.store.onboardings.findByLink = (linkId) => {
      world.advance(10 * SECOND);
      return findByLink(linkId);
    };
    try {
      await person.press('Verify email');
    } finally {
      world.store.onboardings.findByLink = findByLink;
    }
    assert.equal((await factsOf(world, id)).stage, 'enrolling');
  });

  it('closes an invitation at 7 days and 1 second, also between page and button', async () => {
    const { id, links } = await personAt(world, 'invited');
    const person = await new Person(world.url).open(links.invitation);
    world.advance(7 * DAY + SECOND);
    await person.press('Create account', {
      firstName: 'Sam',
      lastName: 'Taylor',
      password: PASSWORD,
      accepted: 'yes',
    });
    assert.deepEqual([person.status, person.heading], [410, 'This link has expired']);
    assert.equal((await factsOf(world, id)).account, undefined);
  });
});
