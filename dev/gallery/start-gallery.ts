import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { gallery } from './gallery.js';

export interface Gallery {
  /** The page that lists everything. */
  url: string;
  stop(): Promise<void>;
}

/** Serves the gallery on 127.0.0.1. Port 0 takes any free port. */
export async function startGallery({ port }: { port: number }): Promise<Gallery> {
  const server = express().disable('x-powered-by').use(gallery()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
