import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { download, reach } from '../../dev/services/download.js';
import { newDir } from './services-support.js';

describe("a vendor's download", () => {
  let dir: string;
  let vendor: Server;
  let origin: string;
  before(async () => {
    dir = newDir();
    vendor = createServer((request, response) => {
      if (request.url === '/archive') response.end('contents');
      if (request.url === '/gone') response.writeHead(404).end('not here');
      // Anything else hangs, as behind a firewall.
    });
    await once(vendor.listen(0, '127.0.0.1'), 'listening');
    const address = vendor.address();
    assert.ok(address && typeof address === 'object');
    origin = `http://127.0.0.1:${address.port}`;
  });
  after(async () => {
    vendor.close();
    vendor.closeAllConnections();
    await rm(dir, { recursive: true });
  });

  it('is saved', async () => {
    await download({ url: `${origin}/archive`, file: join(dir, 'archive') });

    assert.equal(readFileSync(join(dir, 'archive'), 'utf8'), 'contents');
  });

  it('is refused when the vendor answers with an error', async () => {
    await assert.rejects(download({ url: `${origin}/gone`, file: join(dir, 'gone') }), /answers 404$/);
  });

  it('is given up when nothing answers in time', async () => {
    await reach(`${origin}/gone`);
    await assert.rejects(reach(`${origin}/hangs`, { timeout: 50 }), /cannot be reached$/);
    await assert.rejects(reach('http://127.0.0.1:1/'), /cannot be reached$/);
  });
});
