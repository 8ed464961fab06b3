import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { examples } from '../../api/views/examples/index.js';
import { launchBrowser } from '../../dev/browser.js';
import { gallery } from '../../dev/gallery/gallery.js';
import { axeViolations } from '../support/browser.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const violations = (page: Page) => axeViolations(page, () => page.addScriptTag({ url: '/axe.js' }));

/** Phone, larger phone, desk. */
const WIDTHS = [320, 390, 1280];

describe('pages in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  let server: Server;
  let origin: string;

  before(async () => {
    const app = express();
    app.get('/axe.js', (_req, res) => res.sendFile(axe, { maxAge: '1h' }));
    server = app.use(gallery()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  const address = (name: string, locale = 'en') =>
    `${origin}/pages/${locale}/${examples.findIndex((example) => example.name === name)}`;

  async function open(
    options: Parameters<Browser['newContext']>[0],
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  }

  // Between them both colour schemes, both directions, and axe at the narrowest and the widest.
  const views = [
    { locale: 'en', colorScheme: 'light', axeAt: 320 },
    { locale: 'ar', colorScheme: 'dark', axeAt: 1280 },
  ] as const;

  for (const { locale, colorScheme, axeAt } of views) {
    it(`have no accessibility violation and fit every width, as ${locale}, ${colorScheme}`, async () => {
      const { page, complaints } = await open({ reducedMotion: 'reduce', colorScheme });
      const found: string[] = [];
      for (const [number, { name }] of examples.entries()) {
        await page.goto(`${origin}/pages/${locale}/${number}`);
        // Back and forth: each page begins at the width at which the last one ended.
        for (const width of number % 2 ? WIDTHS.toReversed() : WIDTHS) {
          await page.setViewportSize({ width, height: 800 });
          const excess = await page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          if (excess > 0) found.push(`${name}: ${excess} px too wide at ${width} px`);
          if (width !== axeAt) continue;
          found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
        }
      }
      assert.deepEqual([...found, ...complaints], []);
    });
  }

  it('show and hide a password, and hide it again before it is sent', async () => {
    const { page } = await open({});
    await page.goto(address('sign-in: empty'));
    const input = page.locator('#password');
    await page.getByRole('button', { name: 'Show password' }).click();
    assert.equal(await input.getAttribute('type'), 'text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    assert.equal(await input.getAttribute('type'), 'password');
  });

  it('focus the error summary, and go from it to the answer', async () => {
    const { page } = await open({});
    await page.goto(address('phone: landline'));
    assert.equal(await page.locator('.govuk-error-summary:focus').count(), 1);
    await page.locator('.govuk-error-summary a').click();
    assert.equal(await page.locator('#phone:focus').count(), 1);
  });

  it('keep the disclaimer open when Esc is pressed, more than once', async () => {
    const { page } = await open({});
    await page.goto(address('dashboard: disclaimer'));
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog:modal').count(), 1);
  });

  it('close the menu on Esc and give the focus back', async () => {
    const { page } = await open({});
    await page.goto(address('dashboard: first day'));
    await page.locator('.app-menu__name').click();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.app-menu[open]').count(), 0);
    assert.equal(await page.locator('.app-menu__name:focus').count(), 1);
  });

  it("word times in the reader's own zone", async () => {
    const { page } = await open({ timezoneId: 'Asia/Tokyo' });
    await page.goto(address('check-email: sent'));
    assert.equal(await page.locator('time').textContent(), '23:05 on Wednesday 25 November (GMT+9)');
  });

  it('work without JavaScript: menu, disclaimer, plain password', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(address('dashboard: first day'));
    await page.locator('.app-menu__name').click();
    assert.equal(await page.getByRole('button', { name: 'Sign out' }).isVisible(), true);
    await page.goto(address('dashboard: disclaimer'));
    assert.equal(await page.getByRole('button', { name: 'start using Huma' }).isVisible(), true);
    await page.goto(address('sign-in: empty'));
    assert.equal(await page.getByRole('button', { name: 'Show password' }).count(), 0);
  });

  it('carry at most 10 KB of JavaScript', () => {
    assert.ok(readFileSync(new URL('../../api/assets/app.js', import.meta.url)).length <= 10_240);
  });
});
