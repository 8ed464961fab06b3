import { Client, Connection } from '@temporalio/client';
import { workerAsksForWork } from '../workflows/asking-for-work.js';

/** Resolves once a worker has asked Temporal for work since a moment, on every queue; rejects where none has yet. */
export async function workerReady(input: {
  address: string;
  namespace: string | undefined;
  since: number;
}): Promise<void> {
  const { address, namespace = 'default', since } = input;
  const connection = await Connection.connect({ address, connectTimeout: '1s' });
  try {
    await workerAsksForWork(new Client({ connection, namespace }), { since });
  } finally {
    await connection.close();
  }
}
