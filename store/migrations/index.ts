import { collectionsAndIndexes } from './001-collections-and-indexes.js';
import { sealTheAuditTrail } from './002-seal-the-audit-trail.js';
import { addressesInBatches } from './003-addresses-in-batches.js';
import type { Migration } from './migration.js';

/** In the order in which they run. */
export const MIGRATIONS: readonly Migration[] = [
  collectionsAndIndexes,
  sealTheAuditTrail,
  addressesInBatches,
];
