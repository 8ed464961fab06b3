import { hostname } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { workerAsksForWork } from '../../workflows/asking-for-work.js';

/** A question to Temporal stays open for a minute at most; a worker that has asked longer ago than this has stopped asking. */
const LONGEST_SILENCE = 90_000;

/** For a container's health check: exit code 0 where Temporal sees the worker of this host asking for work, else 1. */
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
try {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
  await workerAsksForWork(new Client({ connection, namespace }), {
    since: Date.now() - LONGEST_SILENCE,
    host: hostname(),
  });
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
