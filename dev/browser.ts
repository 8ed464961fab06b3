import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium: an installed one, Playwright's own, or the one that a registry package ships (Linux, x64). */
export async function launchBrowser(): Promise<Browser> {
  const found = [...INSTALLED, chromium.executablePath()].find((path) => path && existsSync(path));
  const executablePath = found ?? (await (await import('@sparticuz/chromium')).default.executablePath());
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
}
