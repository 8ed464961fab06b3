import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const LOCK = new URL('../../../package-lock.json', import.meta.url);
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      optional: z.boolean().optional(),
      dev: z.boolean().optional(),
    }),
  ),
});

/** First versions without a hole that was published for what we ship; the major is given where several were mended. */
const MENDED: readonly { name: string; since: string; major?: number; advisory: string }[] = [
  { name: '@grpc/grpc-js', since: '1.10.9', advisory: 'CVE-2024-37168' },
  { name: 'axios', since: '1.12.0', advisory: 'CVE-2025-58754' },
  { name: 'body-parser', since: '2.2.1', advisory: 'CVE-2025-13466' },
  { name: 'cookie', since: '0.7.0', advisory: 'CVE-2024-47764' },
  { name: 'follow-redirects', since: '1.15.6', advisory: 'CVE-2024-28849' },
  { name: 'form-data', since: '2.5.4', major: 2, advisory: 'CVE-2025-7783' },
  { name: 'form-data', since: '4.0.4', major: 4, advisory: 'CVE-2025-7783' },
  { name: 'js-yaml', since: '4.1.1', advisory: 'CVE-2025-64718' },
  { name: 'jsonwebtoken', since: '9.0.0', advisory: 'CVE-2022-23540' },
  { name: 'jws', since: '4.0.1', advisory: 'CVE-2025-65945' },
  { name: 'mongoose', since: '8.9.5', advisory: 'CVE-2025-23061' },
  { name: 'nodemailer', since: '7.0.7', advisory: 'CVE-2025-13033' },
  { name: 'nunjucks', since: '3.2.4', advisory: 'CVE-2023-2142' },
  { name: 'protobufjs', since: '7.2.5', advisory: 'CVE-2023-36665' },
  { name: 'qs', since: '6.5.3', advisory: 'CVE-2022-24999' },
  { name: 'tough-cookie', since: '4.1.3', advisory: 'CVE-2023-26136' },
  { name: 'xml2js', since: '0.5.0', advisory: 'CVE-2023-0842' },
];

/** SECURITY.md row 37. */
describe('the packages that are shipped', () => {
  let shipped: { path: string; name: string; version: string; integrity?: string | undefined }[];
  before(async () => {
    const { packages } = lockFile.parse(JSON.parse(await readFile(LOCK, 'utf8')));
    shipped = Object.entries(packages)
      .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
      .map(([path, { version = '', integrity }]) => ({
        path,
        name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        version,
        integrity,
      }));
  });

  it('are locked to one version and its hash', () => {
    assert.ok(shipped.length > 100, `${shipped.length} packages`);
    const unlocked = shipped.filter(
      ({ version, integrity }) => !version || !integrity?.startsWith('sha512-'),
    );
    assert.deepEqual(unlocked, []);
  });

  for (const { name, since, major, advisory } of MENDED) {
    it(`have ${name}${major ? ` ${major}` : ''} with ${advisory} mended`, () => {
      const found = shipped.filter((each) => {
        return each.name === name && (major === undefined || each.version.startsWith(`${major}.`));
      });
      assert.ok(found.length > 0, `${name} is not shipped: take its line away`);
      const holed = found.filter(({ version }) => version.localeCompare(since, 'en', { numeric: true }) < 0);
      assert.deepEqual(holed, []);
    });
  }
});
