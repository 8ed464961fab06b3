import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A free port on 127.0.0.1, from 15000 to 29999. These lie below the range from which systems take the ports of
 * outgoing connections: a client that keeps calling a service that is down could otherwise be given that very port,
 * and the service could not come back on it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(15_000, 30_000);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port found between 15000 and 29999.');
}

/** The wanted port, or a free one for 0 or undefined. Throws an Error that names the service where it is taken. */
export async function claimPort({ port, service }: { port?: number | undefined; service: string }) {
  if (!port) return freePort();
  if (await isFree(port)) return port;
  throw new Error(`${service} cannot start: port ${port} is in use by another program.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
