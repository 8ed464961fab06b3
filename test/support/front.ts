import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './tls.js';

/**
 * The proxy in front of several apis on this machine: each request goes to the next of them, and past those that take none.
 * With a certificate it speaks https, else http.
 */
export async function startFront(
  ports: readonly number[],
  certificate?: Certificate,
): Promise<{ url: string; stop(): Promise<void> }> {
  let turn = 0;
  const pass: RequestListener = (incoming, answer) => {
    const first = turn++;
    const forward = (tries: number) => {
      const { method, url: path, headers } = incoming;
      const forwarded = { ...headers, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': protocol };
      const outgoing = request({
        port: ports[(first + tries) % ports.length],
        host: '127.0.0.1',
        method,
        path,
        headers: forwarded,
        // A connection kept open could belong to an api that has been killed since.
        agent: false,
      });
      outgoing.once('response', (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.on('error', () => answer.destroy()).pipe(answer);
      });
      outgoing.once('socket', (socket) => socket.once('connect', () => incoming.pipe(outgoing)));
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' && tries + 1 < ports.length) return forward(tries + 1);
        if (answer.headersSent) answer.destroy();
        else answer.writeHead(502).end();
      });
    };
    forward(0);
  };
  const protocol = certificate ? 'https' : 'http';
  const server = certificate ? createHttpsServer({ ...certificate }, pass) : createHttpServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${protocol}://localhost:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
