import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { Person } from '../support/person.js';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request exactly as given, also where `fetch` would refuse or tidy it: any method, any Host, any bytes. */
export function send(
  origin: string,
  {
    method = 'GET',
    path,
    headers = {},
    body,
  }: { method?: string; path: string; headers?: OutgoingHttpHeaders; body?: string | Buffer | undefined },
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The headers that a browser would send with a form of our own pages. */
export async function formHeaders(person: Person): Promise<Record<string, string>> {
  return {
    cookie: await person.cookieHeader(),
    origin: person.origin,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  };
}

/** The same form many times at once, with the cookies that the browser has now. Answers 303s as they are. */
export async function volley(
  person: Person,
  path: string,
  { times, fields }: { times: number; fields: (nth: number) => Record<string, string> },
): Promise<Answer[]> {
  const headers = await formHeaders(person);
  const csrf = person.csrfToken;
  return Promise.all(
    Array.from({ length: times }, (_, nth) => {
      const body = new URLSearchParams({ ...fields(nth), _csrf: csrf }).toString();
      return send(person.origin, { method: 'POST', path, headers, body });
    }),
  );
}

/** Posts JSON, or whatever is given instead, to the REST API. */
export function postApi(
  world: { url: string; apiKey: string },
  body: unknown,
  { headers = {}, path = '/api/v1/invitations' }: { headers?: OutgoingHttpHeaders; path?: string } = {},
): Promise<Answer> {
  return send(world.url, {
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

/** The value of a cookie that an answer sets. */
export function cookieSet({ headers }: Answer, name: string): string | undefined {
  const line = headers['set-cookie']?.find((each) => each.startsWith(`${name}=`));
  return line?.slice(name.length + 1).split(';')[0];
}

/** Somebody whom nobody knows yet asks for a link to a new password. */
export async function askForReset(
  origin: string,
  email: string,
  more: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const person = await new Person(origin).open('/forgotten-password');
  const body = new URLSearchParams({ email, _csrf: person.csrfToken }).toString();
  const headers = { ...(await formHeaders(person)), ...more };
  return send(origin, { method: 'POST', path: '/forgotten-password', headers, body });
}
