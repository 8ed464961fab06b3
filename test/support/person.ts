import assert from 'node:assert/strict';
import { type CheerioAPI, load } from 'cheerio';
import { CookieJar } from 'tough-cookie';

/** Somebody with a browser that runs no JavaScript: follows redirects, keeps cookies, fills in the forms of the page. */
export class Person {
  readonly jar = new CookieJar();
  /** The page in front. */
  page!: CheerioAPI;
  path = '';
  status = 0;
  headers = new Headers();

  /** @param publicUrl the origin that the browser believes to be at, where the process is reached by another one. */
  constructor(
    readonly origin: string,
    readonly publicUrl = origin,
  ) {}

  async open(address: string): Promise<this> {
    return this.#go('GET', new URL(address, this.origin));
  }

  /** Fills in the form that has a button with this text, and presses it. Hidden fields go along as they are. */
  async press(button: string, fields: Record<string, string> = {}): Promise<this> {
    const form = this.page('form').filter((_, element) =>
      this.page(element)
        .find('button')
        .toArray()
        .some((each) => this.page(each).text().trim() === button),
    );
    assert.equal(form.length, 1, `one form with a button "${button}" on ${this.path}: "${this.title}"`);
    const body = new URLSearchParams();
    for (const input of form.find('input[type=hidden]').toArray()) {
      body.append(this.page(input).attr('name') ?? '', this.page(input).attr('value') ?? '');
    }
    for (const [name, value] of Object.entries(fields)) {
      assert.ok(form.find(`[name="${name}"]`).length > 0, `a field ${name} on ${this.path}`);
      body.append(name, value);
    }
    const action = new URL(form.attr('action') ?? this.path, this.origin);
    return this.#go('POST', action, body);
  }

  /** Posts whatever is wanted, with the token of the page in front: what a hostile browser could send. */
  async post(address: string, fields: Record<string, string> | URLSearchParams): Promise<this> {
    const body = new URLSearchParams(fields);
    if (!body.has('_csrf')) body.set('_csrf', this.csrfToken);
    return this.#go('POST', new URL(address, this.origin), body);
  }

  get csrfToken(): string {
    return this.page('input[name=_csrf]').first().attr('value') ?? '';
  }

  get title(): string {
    return this.page('title').text().trim();
  }

  get heading(): string {
    return this.page('h1').first().text().trim().replaceAll(/\s+/g, ' ');
  }

  get text(): string {
    return this.page('main').text().trim().replaceAll(/\s+/g, ' ');
  }

  get errors(): string[] {
    return this.page('.govuk-error-summary__list li')
      .toArray()
      .map((each) => this.page(each).text().trim());
  }

  async cookieHeader(): Promise<string> {
    return this.jar.getCookieString(this.origin);
  }

  async #go(method: 'GET' | 'POST', url: URL, body?: URLSearchParams): Promise<this> {
    let [verb, at, sent] = [method, url, body];
    for (let hops = 0; hops < 10; hops++) {
      const response = await fetch(at, {
        method: verb,
        redirect: 'manual',
        headers: {
          cookie: await this.jar.getCookieString(at.href),
          ...(verb === 'POST' && { origin: this.publicUrl, 'sec-fetch-site': 'same-origin' }),
        },
        ...(sent && { body: sent }),
      });
      for (const cookie of response.headers.getSetCookie()) await this.jar.setCookie(cookie, at.href);
      const location = response.headers.get('location');
      if (response.status === 303 && location) {
        await response.body?.cancel();
        [verb, at, sent] = ['GET', new URL(location, at), undefined];
        continue;
      }
      this.status = response.status;
      this.headers = response.headers;
      this.path = at.pathname;
      this.page = load(await response.text(), { scriptingEnabled: false });
      return this;
    }
    throw new Error(`Redirected without end from ${url.pathname}`);
  }
}
