import { type Answer, send } from './http.js';

/** Takes what each request took: `POST /verify`, milliseconds. */
export type Note = (step: string, ms: number) => void;

/** Somebody with a browser that runs no JavaScript and reads no more of a page than it needs to go on. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  #page = '';
  path = '';

  constructor(
    readonly origin: string,
    public note: Note,
  ) {}

  open(address: string): Promise<void> {
    return this.#go('GET', new URL(address, this.origin));
  }

  /** Sends the page's form to `action`, with the hidden fields that stand in it. */
  press(action: string, fields: Record<string, string> = {}): Promise<void> {
    const body = new URLSearchParams({ ...hiddenFields(this.#page, action), ...fields });
    return this.#go('POST', new URL(action, this.origin), { body: body.toString() });
  }

  /** The same page once more, as a page that waits does by itself: no step of the person's, so not noted. */
  refresh(): Promise<void> {
    return this.#go('GET', new URL(this.path, this.origin), { noted: false });
  }

  async #go(
    method: 'GET' | 'POST',
    url: URL,
    { noted = true, ...rest }: { noted?: boolean; body?: string } = {},
  ): Promise<void> {
    const answer = await send({ method, url, headers: this.#headers(method), ...rest });
    if (noted) this.note(`${method} ${nameOf(url)}`, answer.ms);
    this.#keepCookies(answer);
    const { location } = answer.headers;
    if (answer.status === 303 && location) return this.#go('GET', new URL(location, url), { noted });
    this.#page = answer.text;
    this.path = url.pathname;
    if (answer.status !== 200 && answer.status !== 422)
      throw new Error(`${method} ${nameOf(url)} answered ${answer.status}`);
  }

  #headers(method: string): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (method === 'GET') return { cookie };
    return {
      cookie,
      origin: this.origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    };
  }

  #keepCookies({ headers }: Answer): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

/** A mailed address by its pattern: its token is one of many. */
const nameOf = ({ pathname }: URL): string => pathname.replace(/^\/(invite|verify)\/.+$/, '/$1/:token');

function hiddenFields(page: string, action: string): Record<string, string> {
  const form = page.split('<form').find((each) => each.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`No form for ${action} on the page`);
  const fields: Record<string, string> = {};
  for (const [input] of form.split('</form>')[0]?.matchAll(/<input[^>]*type="hidden"[^>]*>/g) ?? []) {
    const [, name = ''] = /name="([^"]*)"/.exec(input) ?? [];
    const [, value = ''] = /value="([^"]*)"/.exec(input) ?? [];
    fields[name] = value;
  }
  return fields;
}
