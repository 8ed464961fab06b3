import type { mongo } from 'mongoose';
import { createCollection } from './collections.js';
import type { Migration } from './migration.js';

type Index = [fields: Record<string, 1 | -1>, options?: mongo.CreateIndexesOptions];

const unique = { unique: true };
const sparse = { sparse: true };
/** Real MongoDB deletes by it; elsewhere the retention Schedule does. */
const atOnce = { expireAfterSeconds: 0 };

/** By collection, what its queries and its uniqueness rest on. */
const INDEXES: Record<string, Index[]> = {
  onboardings: [
    [{ emailSlot: 1 }, { ...unique, ...sparse }],
    [{ 'links.id': 1 }],
    [{ teamId: 1, createdAt: -1, _id: -1 }],
    [{ 'invitedBy.id': 1, createdAt: -1 }],
    [{ createdAt: -1, _id: -1 }],
    [{ stage: 1, createdAt: -1 }],
    [{ untoldSince: 1 }, sparse],
    [{ unfiledSince: 1 }, sparse],
    [{ dueAt: 1 }, sparse],
    [{ 'needsSupport.since': 1 }, sparse],
  ],
  sessions: [[{ onboardingId: 1 }], [{ expiresAt: 1 }, atOnce]],
  messages: [[{ onboardingId: 1, createdAt: -1 }]],
  audit: [[{ chain: 1, seq: 1 }, unique]],
  teams: [],
  apiKeys: [[{ hash: 1 }, unique], [{ teamId: 1, createdAt: -1 }], [{ ownerId: 1 }, sparse]],
  conversations: [
    [{ unreadBySupport: 1, updatedAt: 1 }],
    [{ supportOwesSince: 1 }, sparse],
    [{ personOwesSince: 1 }, sparse],
  ],
  batches: [[{ teamId: 1, createdAt: -1 }], [{ untoldSince: 1 }, sparse]],
  batchRows: [[{ batchId: 1, row: 1 }], [{ batchId: 1, outcome: 1, row: 1 }]],
  firstAnswers: [[{ expiresAt: 1 }, atOnce]],
  limits: [
    [{ key: 1 }, unique],
    [{ expire: -1 }, atOnce],
  ],
};

/** One after another: the local stand-in for MongoDB fails when two are made at once. */
export const collectionsAndIndexes: Migration = {
  id: '001-collections-and-indexes',
  async run(connection) {
    for (const [name, indexes] of Object.entries(INDEXES)) {
      await createCollection(connection, name);
      for (const [fields, options] of indexes) {
        await connection.collection(name).createIndex(fields, options ?? {});
      }
    }
  },
};
