import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Behind a firewall a connection hangs; this long, in ms, and the next source is tried. */
const connectTimeoutMs = 5_000;

/** Throws an Error unless the server answers, with anything, within five seconds. */
export async function reach(url: string): Promise<void> {
  const response = await open(url, 'HEAD');
  await response.body?.cancel();
}

/** Saves what the URL answers. Throws an Error for any status but 2xx, or without an answer within five seconds. */
export async function download({ url, file }: { url: string; file: string }): Promise<void> {
  const response = await open(url, 'GET');
  if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answers ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function open(url: string, method: string): Promise<Response> {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(), connectTimeoutMs);
  try {
    return await fetch(url, { method, signal: connecting.signal });
  } catch {
    throw new Error(`${new URL(url).host} cannot be reached`);
  } finally {
    clearTimeout(timer);
  }
}
