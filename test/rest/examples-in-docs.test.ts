import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { untilDone } from '../support/batches.js';
import { eventually } from '../support/eventually.js';
import { startWorld, type World } from '../support/world.js';
import { call } from './calls.js';

const text = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');

interface Example {
  command: string;
  status: number;
  headers: [string, string][];
  body: unknown;
}

/** Each command and the answer that stands below it. */
const examples: Example[] = [...text.matchAll(/```sh\n(.*?)```\s+```http\n(.*?)\n\n(.*?)```/gs)].map(
  ([, command = '', head = '', body = '']) => {
    const [statusLine = '', ...headers] = head.split('\n');
    return {
      command,
      status: Number(statusLine.split(' ')[1]),
      headers: headers.map((line) => line.split(': ') as [string, string]),
      body: JSON.parse(body),
    };
  },
);

/** What a shell would make of it: quotes, variables, line ends. Only what curl is given here is understood. */
function read(command: string, variables: Record<string, string>) {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) =>
      single ??
      (double ?? bare ?? '').replaceAll(/\$(\w+)/g, (_, name: string) => {
        assert.ok(variables[name], `$${name}`);
        return variables[name];
      }),
  );
  const [curl, i, url = '', ...options] = words;
  assert.deepEqual([curl, i], ['curl', '-i']);
  const headers = new Headers();
  let body: string | undefined;
  for (let n = 0; n < options.length; n += 2) {
    const [option, value = ''] = [options[n], options[n + 1]];
    if (option === '-d') body = value;
    else {
      assert.equal(option, '-H');
      headers.append(...(value.split(': ') as [string, string]));
    }
  }
  return {
    url,
    init: { method: body === undefined ? 'GET' : 'POST', headers, ...(body !== undefined && { body }) },
  };
}

/** The same fields of the same types; words that are no times, ids or counts are the same too. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
  }
  if (typeof value !== 'string') return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return 'a time';
  return value.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id');
}

describe('the examples in docs/api.md', () => {
  let world: World;
  const variables: Record<string, string> = {};
  before(async function () {
    this.timeout(60_000);
    world = await startWorld();
    Object.assign(variables, { API: `${world.url}/api/v1`, API_KEY: world.apiKey });
  });
  after(() => world?.stop());

  it('are all found', () => {
    assert.equal(examples.length, [...text.matchAll(/^curl /gm)].length);
    assert.ok(examples.length >= 7);
  });

  for (const [n, { command, status, headers, body }] of examples.entries()) {
    const [, path = ''] = /"\$API([^"]*)"/.exec(command) ?? [];
    it(`${n + 1}: ${path} is answered as it says there: ${status}`, async () => {
      // Whoever reads and types lets as much time pass as lies between two mails.
      world.advance(world.policy.resendCooldown);
      const { url, init } = read(command, variables);
      const response = await fetch(url, init);
      const answered: unknown = await response.json();
      assert.equal(response.status, status);
      for (const [name, value] of headers) assert.equal(shapeOf(response.headers.get(name)), shapeOf(value));
      assert.deepEqual(shapeOf(answered), shapeOf(body));
      const { id } = answered as { id: string };
      if (status === 202) {
        variables['BATCH'] = id;
        await untilDone(world, id);
      }
      if (n > 0) return;
      variables['ID'] = id;
      // As somebody would see it who reads on: the mail is out, and the workflow waits.
      await eventually('the mail is out', async () => {
        const { json } = await call(world, 'showInvitation', { id });
        const live = json['live'] as { actsAt?: string } | null;
        return live?.actsAt !== undefined;
      });
    });
  }
});
