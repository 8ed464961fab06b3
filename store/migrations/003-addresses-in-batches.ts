import type { Migration } from './migration.js';

/** By it an erasure finds the rows that still wait to invite somebody. */
export const addressesInBatches: Migration = {
  id: '003-addresses-in-batches',
  async run(connection) {
    await connection.collection('batchRows').createIndex({ 'request.email': 1 }, { sparse: true });
  },
};
