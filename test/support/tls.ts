import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  key: string;
  cert: string;
  /** For NODE_EXTRA_CA_CERTS: processes that start with it trust what has this certificate. */
  file: string;
}

/** A certificate for `localhost` and perhaps another name, signed by itself, in a folder. */
export async function makeCertificate(folder: string, alsoFor = 'localhost'): Promise<Certificate> {
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const what = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const names = `subjectAltName=DNS:localhost,DNS:${alsoFor}`;
  const whose = ['-subj', '/CN=localhost', '-addext', names];
  await run('openssl', ['req', ...what, ...whose, '-keyout', keyFile, '-out', file]);
  return { key: await readFile(keyFile, 'utf8'), cert: await readFile(file, 'utf8'), file };
}

/** Speaks TLS for a service on this machine that does not. */
export async function startTlsFor(
  port: number,
  { key, cert }: Certificate,
  host = '127.0.0.1',
): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key, cert }, (socket) => {
    sockets.add(socket);
    const service = connect(port, '127.0.0.1');
    socket.pipe(service).pipe(socket);
    socket.on('error', () => service.destroy()).on('close', () => sockets.delete(socket));
    service.on('error', () => socket.destroy());
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
