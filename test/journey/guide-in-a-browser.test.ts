import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../dev/browser.js';
import { startComposed } from '../ship/composed.js';
import { startTwoOfEach } from '../ship/two-of-each.js';
import { axeViolations } from '../support/browser.js';
import {
  codeFromText,
  invite,
  type JourneyWorld,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
} from '../support/journey.js';
import { startWorld } from '../support/world.js';

/** A Temporal server of one's own: then the guide is followed in production's settings, with two of each process. */
const given = process.env['TEMPORAL_ADDRESS'];
/** On what docker-compose.yml starts: test/ship/composed.ts. */
const composed = process.env['COMPOSED'] === '1';

function start(): Promise<JourneyWorld & { stop(): Promise<void>; apiOrigin?: string }> {
  if (composed) return startComposed();
  return given ? startTwoOfEach(given) : startWorld();
}

describe('the guide in a browser', function () {
  // An image that is built takes its time.
  this.timeout(composed ? 1_800_000 : 180_000);
  let world: JourneyWorld & { stop(): Promise<void>; apiOrigin?: string };
  let browser: Browser;
  const complaints: string[] = [];

  before(async () => {
    [world, browser] = await Promise.all([start(), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await world?.stop();
  });

  /** Each page is the one that the guide names, and axe holds nothing against it. */
  async function at(page: Page, { path, heading }: { path: string; heading: RegExp }): Promise<void> {
    await page.waitForURL((url) => url.pathname === path);
    assert.match((await page.locator('h1').first().textContent()) ?? '', heading);
    assert.equal(await page.getByRole('link', { name: 'Skip to main content' }).count(), 1);
    assert.ok((await page.content()).includes('support@huma.com'), `${path} names the support address`);
    complaints.push(...(await axeViolations(page)));
  }

  async function newPage(): Promise<Page> {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/London',
      // What is given has a certificate of its own making.
      ignoreHTTPSErrors: composed || given !== undefined,
    });
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    return page;
  }

  it('leads from the API call to the dashboard, out and in again', async () => {
    const email = newEmail();
    const number = newNumber();
    const doors = world.apiOrigin ? { ...world, origin: world.apiOrigin } : world;
    const { status } = await invite(doors, { email, firstName: 'Zoë', lastName: "O'Neill-Łukasz" });
    assert.equal(status, 201);

    const page = await newPage();
    await page.goto(await linkFromMail(world, email, 'invite'));
    await at(page, { path: '/create-account', heading: /account/i });
    assert.equal(await page.getByLabel('First name').inputValue(), 'Zoë');
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.locator('input[name=accepted]').check();
    await page.getByRole('button', { name: 'Create account' }).click();

    await at(page, { path: '/check-email', heading: /email/i });
    await page.goto(await linkFromMail(world, email, 'verify'));
    await at(page, { path: '/verify', heading: /verify/i });
    await page.getByRole('button', { name: 'Verify email' }).click();

    await at(page, { path: '/phone', heading: /two-factor/i });
    await page.locator('input[name=phone]').fill(number);
    await page.getByRole('button', { name: 'Continue' }).click();

    await at(page, { path: '/two-step', heading: /^\s*2 Step Verification\s*$/ });
    const code = await codeFromText(world, number);
    await page.locator('input[name=code]').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await page.getByRole('button', { name: 'Next', exact: true }).click();

    await page.getByRole('dialog').waitFor();
    await at(page, { path: '/dashboard', heading: /./ });
    await page.getByRole('dialog').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'start using Huma' }).click();
    await page.getByText('Cardiology, Demo Hospital').first().waitFor();
    await at(page, { path: '/dashboard', heading: /./ });

    await page.locator('summary', { hasText: 'Zoë' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await at(page, { path: '/sign-in', heading: /sign in/i });

    const since = world.inbox.texts.length;
    await page.locator('input[name=email]').fill(email);
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await at(page, { path: '/two-step', heading: /^\s*2 Step Verification\s*$/ });
    await page.locator('input[name=code]').fill(await codeFromText(world, number, since));
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByText('Cardiology, Demo Hospital').first().waitFor();
    assert.equal(await page.getByRole('dialog').count(), 0);

    assert.deepEqual(complaints, []);
  });
});
