import { trusted } from 'mongoose';
import { createAudit } from '../audit.js';
import { createCollection } from './collections.js';
import type { Migration } from './migration.js';

const BATCH = 200;

/** Checkpoints are newer than the audit trail: the chains that were filed before them are sealed as they stand. */
export const sealTheAuditTrail: Migration = {
  id: '002-seal-the-audit-trail',
  async run(connection, clock) {
    await createCollection(connection, 'checkpoints');
    const audit = createAudit(connection);
    for (let after = ''; ; ) {
      // A chain's first row stands for it.
      const first = await audit.model
        .find({ seq: 1, chain: trusted({ $gt: after }) })
        .sort({ chain: 1 })
        .limit(BATCH)
        .select({ chain: 1 })
        .lean<{ chain: string }[]>()
        .exec();
      const chains = first.map(({ chain }) => chain);
      const last = chains.at(-1);
      if (last === undefined) return;
      await audit.checkpoints.seal(await audit.headsOf(chains), clock());
      after = last;
    }
  },
};
