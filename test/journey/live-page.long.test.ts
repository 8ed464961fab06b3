import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { liveDoor } from '../../api/web/live.js';
import { launchBrowser } from '../../dev/browser.js';
import { axeViolations } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterNumber,
  invited,
  linkFromMail,
  newNumber,
  PASSWORD,
  verifyEmail,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';

const MINUTE = 60_000;

/** A page that is open somewhere else: it stays where it was made, and asks for news as its markup says. */
const newsFor = (person: Person) => person.page('[data-live]').attr('data-live') ?? '';

const sessionIn = (req: Request): string | undefined => /session=([^;]+)/.exec(req.headers.cookie ?? '')?.[1];

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function watch(person: Person, address = newsFor(person)): Promise<Response> {
  const url = new URL(address, person.origin);
  return fetch(url, { headers: { cookie: await person.cookieHeader() } });
}

/** What the stream says until it ends, its comments left out. */
async function eventsOf(response: Response): Promise<string[]> {
  return (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
}

/** Signed up, and nothing more is going to change by itself: the page says that the mail is out, and until when. */
async function waiting(world: World) {
  const invitation = await invited(world);
  await createAccount(invitation);
  await eventually('the page says that the mail is out', async () => {
    const { page, text } = await invitation.person.open('/check-email');
    return page('[data-live] time').length === 1 && /We have sent/.test(text);
  });
  return invitation;
}

/** The link of the newest verification mail, pressed in a browser of its own, at whichever api. */
async function verifyElsewhere(world: World, email: string, api: string): Promise<void> {
  const link = await linkFromMail(world, email, 'verify');
  const elsewhere = new Person(world.url);
  await elsewhere.open(link.replace(world.url, api));
  const linkId = elsewhere.page('main input[name=linkId]').attr('value') ?? '';
  await elsewhere.post(`${api}/verify`, { linkId });
  assert.equal(elsewhere.path, '/sign-in');
}

/** Signed up, as far as the page that asks for the verification. */
async function signUp(world: World, context: BrowserContext) {
  const invitation = await invited(world);
  const page = await context.newPage();
  await page.goto(invitation.link);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('input[name=accepted]').check();
  return {
    ...invitation,
    page,
    press: () => page.getByRole('button', { name: 'Create account' }).click(),
  };
}

describe('pages that wait', function () {
  this.timeout(120_000);
  let world: World;
  let browser: Browser;
  let second: string;

  before(async () => {
    [world, browser] = await Promise.all([startWorld(), launchBrowser()]);
    second = await world.startApi();
  });
  after(async () => {
    await browser?.close();
    await world?.stop();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  it('go on by themselves when the link is clicked elsewhere, at another api process', async () => {
    const { page, press, email } = await signUp(world, await browser.newContext());
    await press();
    await page.waitForURL('**/check-email');
    await verifyElsewhere(world, email, second);
    await page.waitForURL('**/phone');
  });

  it('say that the mail has been sent, and until when the link works', async () => {
    const { page, press } = await signUp(world, await browser.newContext());
    await world.stopWorker();
    await press();
    await page.getByText('We are sending an email').waitFor();
    await world.startWorker();
    await page.getByText('We have sent an email').waitFor();
    await page.locator('[data-live] time').waitFor();
  });

  it('say that the text has been sent, and leave alone what is being typed', async () => {
    const context = await browser.newContext();
    const { page, press, email } = await signUp(world, context);
    await press();
    await page.waitForURL('**/check-email');
    await page.goto(await linkFromMail(world, email, 'verify'));
    await page.getByRole('button', { name: 'Verify email' }).click();
    await page.locator('input[name=phone]').fill(newNumber());
    await world.stopWorker();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('We are sending a text message').waitFor();
    await page.locator('input[name=code]').fill('123');
    await world.startWorker();
    await page.getByText('We have sent a text message').waitFor();
    assert.equal(await page.locator('input[name=code]').inputValue(), '123');
  });

  it('stay for the answer to a form, which brings the cookie of the next step', async () => {
    const { page, press, email } = await signUp(world, await browser.newContext());
    const number = newNumber();
    await press();
    await page.waitForURL('**/check-email');
    await page.goto(await linkFromMail(world, email, 'verify'));
    await page.getByRole('button', { name: 'Verify email' }).click();
    await page.locator('input[name=phone]').fill(number);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('We have sent a text message').waitFor();
    const deaf = page.waitForEvent('requestfailed', (request) => request.url().includes('/events'));
    await page.route('**/two-step', async (route) => {
      // The code is on its way, and the page has stopped to listen.
      await deaf;
      await route.continue();
    });
    await page.locator('input[name=code]').fill(await codeFromText(world, number));
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.waitForURL('**/dashboard');
  });

  it('go to the page for signing in when the person signs out in another tab', async () => {
    const context = await browser.newContext();
    const { page, press } = await signUp(world, context);
    await press();
    await page.waitForURL('**/check-email');
    const other = await context.newPage();
    await other.goto(`${world.url}/check-email`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
  });

  it('are answered at once, and told once, by any api process', async () => {
    const { person, email } = await waiting(world);
    // The headers are out before there is any news: the time limit of ordinary answers ends there.
    const streams = await Promise.all([watch(person), watch(person, `${second}${newsFor(person)}`)]);
    for (const { status, headers } of streams) {
      assert.equal(status, 200);
      assert.match(headers.get('content-type') ?? '', /^text\/event-stream/);
      assert.equal(headers.get('cache-control'), 'no-store');
    }
    await verifyElsewhere(world, email, second);
    for (const stream of streams) assert.deepEqual(await eventsOf(stream), ['data: /phone']);
  });

  it('learn of what happened before they asked', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    const address = newsFor(invitation.person);
    await verifyEmail(world, invitation);
    assert.deepEqual(await eventsOf(await watch(invitation.person, address)), ['data: /phone']);
    await enterNumber(invitation, newNumber());
    assert.deepEqual(await eventsOf(await watch(invitation.person, address)), ['data: /two-step']);
  });

  it('hear nothing without a session, and a session is heard a few times at once only', async () => {
    const stranger = new Person(world.url);
    await stranger.open('/');
    assert.equal((await watch(stranger, '/events?seen=x')).status, 401);

    const { person } = await waiting(world);
    const streams = [];
    for (let tab = 0; tab < 5; tab++) streams.push(await watch(person));
    assert.deepEqual(
      streams.map(({ status }) => status),
      [200, 200, 200, 200, 204],
    );
    for (const stream of streams) await stream.body?.cancel();
  });

  it('do not keep a server from stopping', async () => {
    const { person } = await waiting(world);
    const stopping = new AbortController();
    const door = liveDoor(
      {
        store: world.store,
        policy: world.policy,
        clock: world.now,
        log: pino({ level: 'silent' }),
        stopping: stopping.signal,
      },
      { readCookie: sessionIn },
    );
    const server = express().use(door).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const stream = await watch(person, `http://127.0.0.1:${port}${newsFor(person)}`);
    assert.equal(stream.status, 200);
    stopping.abort();
    server.close();
    await once(server, 'close');
  });
});

describe('a page whose reader has left', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  it('is not watched over, also where they left before anything was looked at', async () => {
    const [{ person: leaver }, { person: stayer }] = [await waiting(world), await waiting(world)];
    const gone = deferred();
    const looks = new Map<string, number>();
    const looksAt = (nth: number) => [...looks.values()][nth] ?? 0;
    const store = {
      ...world.store,
      sessions: {
        ...world.store.sessions,
        peek: async (token: string, at: Date) => {
          looks.set(token, (looks.get(token) ?? 0) + 1);
          if (looks.size === 1) await gone.promise;
          return world.store.sessions.peek(token, at);
        },
      },
    };
    const stopping = new AbortController();
    const door = liveDoor(
      {
        store,
        policy: world.policy,
        clock: world.now,
        log: pino({ level: 'silent' }),
        stopping: stopping.signal,
      },
      { readCookie: sessionIn },
    );
    const server = express()
      .use((_req, res, next) => {
        res.on('close', gone.resolve);
        next();
      })
      .use(door)
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const leaving = new AbortController();
      const headers = { cookie: await leaver.cookieHeader() };
      const left = fetch(`${origin}${newsFor(leaver)}`, { headers, signal: leaving.signal });
      await eventually('the door looks', async () => looks.size === 1);
      leaving.abort();
      await assert.rejects(left);
      await gone.promise;
      await watch(stayer, `${origin}${newsFor(stayer)}`);
      await eventually('another page was watched for some rounds', async () => looksAt(1) >= 4);
      assert.equal(looksAt(0), 1);
    } finally {
      stopping.abort();
      server.close();
      await once(server, 'close');
    }
  });
});

describe('a session that nobody uses', function () {
  this.timeout(120_000);
  let world: World;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([startWorld(), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await world?.stop();
  });

  it('is not kept alive by a page that waits', async () => {
    const { person } = await waiting(world);
    world.advance(29 * MINUTE);
    const stream = await watch(person);
    assert.equal(stream.status, 200);
    world.advance(2 * MINUTE);
    assert.deepEqual(await eventsOf(stream), ['data: /sign-in?notice=timed-out']);
  });

  it('ends after a warning in every tab, unless somebody is still there', async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    const { page: first, press, email } = await signUp(world, context);
    await press();
    await first.waitForURL('**/check-email');
    await verifyElsewhere(world, email, world.url);
    await first.waitForURL('**/phone');
    await context.clock.install();
    await first.goto(`${world.url}/phone`);
    const other = await context.newPage();
    await other.goto(`${world.url}/phone`);
    const pass = async (minutes: number) => {
      world.advance(minutes * MINUTE);
      await context.clock.fastForward(minutes * MINUTE + 1_000);
    };
    const warning = (page: Page) => page.getByRole('dialog', { name: 'Are you still there?' });

    await pass(27);
    assert.equal(await warning(first).count(), 0);
    await pass(1);
    await warning(other).waitFor();
    await warning(first).waitFor();
    assert.match((await warning(first).textContent()) ?? '', /in about 2 minutes/);
    assert.deepEqual(await axeViolations(first), []);
    const excess = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    assert.equal(await first.evaluate(excess), 0);

    await first.getByRole('button', { name: 'Stay signed in' }).click();
    await warning(first).waitFor({ state: 'hidden' });
    await warning(other).waitFor({ state: 'hidden' });

    await pass(28);
    await warning(other).waitFor();
    await other.keyboard.press('Escape');
    await warning(other).waitFor({ state: 'hidden' });
    await warning(first).waitFor({ state: 'hidden' });

    await pass(31);
    for (const page of [first, other]) {
      await page.waitForURL('**/sign-in?notice=timed-out');
      await page.getByText('Everything you had sent is saved').waitFor();
    }
  });
});
