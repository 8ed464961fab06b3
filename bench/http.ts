import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/**
 * Kept open, as browsers keep them, but let go sooner than the server does, which would cut a request that is just being sent.
 * The client must cost little: it shares the machine with what it measures.
 */
const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 3_000 });

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** From sending to the last byte. */
  ms: number;
}

export function send(input: {
  method: 'GET' | 'POST';
  url: URL;
  headers?: Record<string, string>;
  body?: string;
}): Promise<Answer> {
  const { method, url, headers = {}, body } = input;
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
          ms: performance.now() - from,
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export const closeConnections = (): void => agent.destroy();
