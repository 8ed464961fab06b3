import assert from 'node:assert/strict';
import { readAdminConfig, readApiConfig, readWorkerConfig } from '../../config/read.js';
import { codesIn, read, tableAfter } from './documents.js';

/** The least that both processes start with. */
const LEAST = {
  MONGODB_URI: 'mongodb://127.0.0.1/onboarding',
  SECRET_KEYS: Buffer.alloc(32, 'k').toString('base64'),
  PLIVO_AUTH_ID: 'MA00000000000000000',
  PLIVO_AUTH_TOKEN: 'token',
  PLIVO_SENDER: 'Huma',
  SMTP_URL: 'smtp://127.0.0.1',
  MAIL_FROM: 'onboarding@example.org',
};

const READERS = { api: readApiConfig, worker: readWorkerConfig, admin: readAdminConfig };

const settings = async () => tableAfter('Configure', await read('README.md'));

describe('the settings in the README', () => {
  it('are those that are read, and no others', async () => {
    const written = (await settings()).flatMap(([name = '']) => codesIn(name));
    const names = new Set(Object.values(READERS).flatMap(namesRead));
    assert.deepEqual(written.sort(), [...names].sort());
  });

  it('say which process reads them', async () => {
    const read = Object.entries(READERS).map(([process, readConfig]) => ({
      process,
      names: namesRead(readConfig),
    }));
    for (const [name = '', , by] of await settings()) {
      const readers = read.filter(({ names }) => names.includes(codesIn(name)[0] ?? ''));
      const expected =
        readers.length === read.length ? 'all' : readers.map(({ process }) => process).join(', ');
      assert.equal(by, expected, name);
    }
  });

  it('have the defaults that count', async () => {
    const configsOf = (environment: Record<string, string>): Readonly<Record<string, unknown>>[] =>
      [readApiConfig, readWorkerConfig].map((readConfig) => readConfig({ ...LEAST, ...environment }));
    const plain = configsOf({});
    for (const [names = '', byDefault = ''] of await settings()) {
      const [[name = ''], [value]] = [codesIn(names), codesIn(byDefault)];
      if (value === undefined) continue;
      for (const [index, given] of configsOf({ [name]: value }).entries()) {
        // A policy's setting is undefined unless it is given; what it comes to stands in the policy.
        assert.deepEqual(given['policy'], plain[index]?.['policy'], name);
        assert.deepEqual(given[name], plain[index]?.[name] ?? given[name], name);
      }
    }
  });

  it('are marked as needed where a start without them fails', async () => {
    const needed = (await settings()).filter(([, byDefault]) => byDefault === 'needed');
    assert.deepEqual(needed.flatMap(([name = '']) => codesIn(name)).sort(), Object.keys(LEAST).sort());
    for (const name of Object.keys(LEAST)) {
      const environment = { ...LEAST, [name]: undefined };
      assert.throws(
        () => [readApiConfig(environment), readWorkerConfig(environment)],
        new RegExp(`${name}: is missing`),
      );
    }
  });
});

/** Every name that a process asks the environment for as it starts, but for its `_FILE` twin. */
function namesRead(readConfig: (environment: Record<string, string | undefined>) => unknown): string[] {
  const names = new Set<string>();
  const asked = new Proxy<Record<string, string | undefined>>(LEAST, {
    get: (target, name) => {
      if (typeof name === 'string') names.add(name);
      return typeof name === 'string' ? target[name] : undefined;
    },
  });
  readConfig(asked);
  return [...names].filter((name) => !names.has(name.replace(/_FILE$/, '')) || !name.endsWith('_FILE'));
}
