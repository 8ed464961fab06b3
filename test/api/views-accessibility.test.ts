import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { AxeResults } from 'axe-core';
import express from 'express';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Example, examples } from '../../api/views/examples.js';
import { createRenderer } from '../../api/views/render.js';
import { type Catalogue, loadCatalogues } from '../../api/views/words.js';

const require = createRequire(import.meta.url);
const axe = require.resolve('axe-core/axe.min.js');
const assets = new URL('../../api/assets/', import.meta.url);

const english: Catalogue = loadCatalogues()['en'] ?? {};
const render = createRenderer({ catalogues: { en: english, ar: english } });

async function launch(): Promise<Browser> {
  const { default: packaged } = await import('@sparticuz/chromium');
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
}

/** The examples and the built assets, under the strictest policy that the pages promise to hold. */
function gallery(): Server {
  const app = express();
  app.use('/assets', express.static(assets.pathname));
  app.get('/axe.js', (_, response) => response.sendFile(axe, { maxAge: '1h' }));
  app.get('/:locale/:index', (request, response) => {
    const example = examples[Number(request.params['index'])] as Example;
    const context = { ...example.context, locale: request.params['locale'] };
    response
      .set(
        'Content-Security-Policy',
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
      )
      .send(render(example.page, example.model, context));
  });
  return createServer(app).listen(0, '127.0.0.1');
}

describe('pages in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  let server: Server;
  let origin: string;

  before(async () => {
    server = gallery();
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launch();
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
    `${origin}/${locale}/${examples.findIndex((example) => example.name === name)}`;

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

  async function violations(page: Page): Promise<string[]> {
    const results: AxeResults = await page.evaluate(
      "axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    );
    return results.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
  }

  // Between them every width in both colour schemes, and every page in both directions.
  const settings = {
    en: [
      { width: 320, colorScheme: 'light' },
      { width: 1280, colorScheme: 'dark' },
    ],
    ar: [
      { width: 320, colorScheme: 'dark' },
      { width: 1280, colorScheme: 'light' },
    ],
  } as const;

  for (const locale of ['en', 'ar'] as const) {
    it(`have no accessibility violation and fit their width, as ${locale}`, async () => {
      const { page, complaints } = await open({ reducedMotion: 'reduce' });
      const found: string[] = [];
      for (const [index, example] of examples.entries()) {
        await page.goto(`${origin}/${locale}/${index}`);
        await page.addScriptTag({ url: '/axe.js' });
        for (const { width, colorScheme } of settings[locale]) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          const where = `${example.name}, ${width} px, ${colorScheme}`;
          const excess = await page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          if (excess > 0) found.push(`${where}: ${excess} px too wide`);
          found.push(...(await violations(page)).map((problem) => `${where}: ${problem}`));
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
    await page.addScriptTag({ url: '/axe.js' });
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
    assert.ok(readFileSync(new URL('app.js', assets)).length <= 10_240);
  });
});
