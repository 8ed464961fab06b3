import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Behind a firewall a connection hangs; this long, in ms, and the next source is tried. */
const patience = 5_000;

/** Throws an Error unless the server answers, with anything, within `timeout` ms. */
export async function reach(url: string, { timeout = patience } = {}): Promise<void> {
  const response = await open(url, { method: 'HEAD', timeout });
  await response.body?.cancel();
}

/** Saves what the URL answers. Throws an Error for any status but 2xx, or without an answer within five seconds. */
export async function download({ url, file }: { url: string; file: string }): Promise<void> {
  const response = await open(url, { method: 'GET', timeout: patience });
  if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answers ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function open(
  url: string,
  { method, timeout }: { method: string; timeout: number },
): Promise<Response> {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(), timeout);
  try {
    return await fetch(url, { method, signal: connecting.signal });
  } catch {
    throw new Error(`${new URL(url).host} cannot be reached`);
  } finally {
    clearTimeout(timer);
  }
}
