import type { Browser, Page } from 'playwright-core';
import type { Inbox } from '../inbox/start-inbox.js';

const PASSWORD = 'wheelbarrow lantern 42 otter';
/** Phone-sized, so that five stand side by side; api/views/pages/help.njk names the size as well. */
export const PHONE = { width: 390, height: 580 };

/** Called with a page worth a picture. */
export type Picture = (page: Page, name: string) => Promise<void>;

/** Somebody who takes the steps of the guide in a browser, with mails and texts from the inbox only. */
export interface Clinician {
  page: Page;
  email: string;
  createAccount(): Promise<void>;
  verifyEmail(since?: number): Promise<void>;
  signIn(origin: string): Promise<void>;
  confirmNumber(phone: string): Promise<void>;
  startUsing(): Promise<void>;
}

/** @param picture of every page on the way; left out for whoever is not in the pictures */
export async function clinician({
  browser,
  inbox,
  email,
  picture = async () => {},
  viewport = PHONE,
}: {
  browser: Browser;
  inbox: Inbox;
  email: string;
  picture?: Picture;
  viewport?: { width: number; height: number };
}): Promise<Clinician> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'Europe/London' });
  const page = await context.newPage();
  const mail = (link: RegExp, since: number) =>
    inbox.nextMail(({ to, text }) => to === email && link.test(text), { since });

  async function follow(link: RegExp, { name, since = 0 }: { name?: string; since?: number }): Promise<void> {
    const { id, text } = await mail(link, since);
    await page.goto(`${inbox.url}mails/${id}.html`);
    if (name) await picture(page, name);
    await page.goto(link.exec(text)?.[0] ?? '');
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const at = (path: string) => page.waitForURL((url) => url.pathname === path);

  return {
    page,
    email,
    async createAccount() {
      await follow(/http\S+\/invite\/\S+/, { name: 'invitation' });
      await at('/create-account');
      await picture(page, 'create-account');
      await page.locator('input[name=password]').fill(PASSWORD);
      await page.locator('input[name=accepted]').check();
      await press('Create account');
      await at('/check-email');
    },
    async verifyEmail(since = 0) {
      await follow(/http\S+\/verify\/\S+/, { since });
      await at('/verify');
      await picture(page, 'verify');
      await press('Verify email');
      await at('/phone');
    },
    async signIn(origin) {
      await page.goto(`${origin}/sign-in`);
      await page.locator('input[name=email]').fill(email);
      await page.locator('input[name=password]').fill(PASSWORD);
      await press('Sign in');
    },
    async confirmNumber(phone) {
      await picture(page, 'phone');
      await page.locator('input[name=phone]').fill(phone);
      await press('Continue');
      await at('/two-step');
      const digits = `44${phone.replaceAll(' ', '').slice(1)}`;
      const { text } = await inbox.nextText(({ to }) => to === digits);
      await picture(page, 'two-step');
      await page.locator('input[name=code]').fill(text.slice(0, 6));
      await press('Next');
      await page.getByRole('dialog').waitFor();
    },
    async startUsing() {
      await page.getByRole('dialog').getByRole('checkbox').check();
      await press('start using Huma');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await picture(page, 'dashboard');
    },
  };
}
