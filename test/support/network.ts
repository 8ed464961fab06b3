import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** What a world's doors and worker reach over the network. */
export type Part = 'mongodb' | 'temporal' | 'mail' | 'texts';

export interface Network extends Record<Part, TcpProxy> {
  /** For `startWorld`: puts a proxy before a part. @returns the port to use instead. */
  via(part: Part, port: number): Promise<number>;
  close(): Promise<void>;
}

/** One proxy before each part of a world. Hand `via` to `startWorld` before using the parts. */
export function createNetwork(): Network {
  const proxies = new Map<Part, TcpProxy>();
  const proxy = (part: Part): TcpProxy => {
    const found = proxies.get(part);
    if (!found) throw new Error(`Nothing goes to ${part} over this network`);
    return found;
  };
  return {
    async via(part, port) {
      const made = await startTcpProxy({ port });
      proxies.set(part, made);
      return made.port;
    },
    get mongodb() {
      return proxy('mongodb');
    },
    get temporal() {
      return proxy('temporal');
    },
    get mail() {
      return proxy('mail');
    },
    get texts() {
      return proxy('texts');
    },
    async close() {
      for (const each of proxies.values()) await each.close();
    },
  };
}
