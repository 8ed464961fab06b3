import type { ApiKey } from './api-keys.js';
import type { Onboardings } from './onboardings.js';

/**
 * Whether a key opens anything at that moment. A key is no more than its owner: the document of whoever made it decides, by the
 * write that suspended them or sent them back, also where a crash or a request of the same moment left the key's own record.
 */
export async function isInForce(
  { onboardings }: { onboardings: Pick<Onboardings, 'keyOwner'> },
  { ownerId, revokedAt, expiresAt, createdAt }: ApiKey,
  at: Date,
): Promise<boolean> {
  if (revokedAt || expiresAt <= at) return false;
  // Made at the terminal: nobody's but the operator's, who withdraws it.
  if (ownerId === undefined) return true;
  const owner = await onboardings.keyOwner(ownerId);
  if (owner?.role !== 'team-lead' || owner.stage !== 'active') return false;
  return !owner.keysEndedAt || createdAt > owner.keysEndedAt;
}
