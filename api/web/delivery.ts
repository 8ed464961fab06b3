import type { Onboarding } from '../../store/facts.js';
import { later } from '../../store/steps.js';
import type { Services } from '../services.js';
import type { DeliveryState } from '../views/models.js';

const SHOWN: Record<string, DeliveryState> = {
  queued: 'sending',
  accepted: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
};

type Needs = Pick<Services, 'store' | 'policy'>;

/** How far the verification mail for the current link has come, as a page words it. */
export async function verificationDelivery(
  needs: Needs,
  { links, linkId = '', verifyBy }: Onboarding,
  at: Date,
): Promise<DeliveryState> {
  const link = links.find(({ id }) => id === linkId);
  const kind = link?.reopened ? 'new-window' : 'verification';
  // Where none was ever taken, asking again makes the wait no shorter.
  const since = verifyBy ? link?.lastSendAt : link?.issuedAt;
  return deliveryOf(needs, `${linkId}.${kind}.${link?.sends ?? 1}`, { since, at });
}

/** How far the text with the current code has come. */
export async function codeDelivery(
  needs: Needs,
  { challenge }: Onboarding,
  at: Date,
): Promise<{ delivery: DeliveryState; expired: boolean }> {
  if (!challenge) return { delivery: 'late', expired: true };
  const { id, sends, lastSendAt, expiresAt } = challenge;
  return {
    delivery: await deliveryOf(needs, `${id}.code.${sends}`, { since: lastSendAt, at }),
    expired: at > expiresAt,
  };
}

async function deliveryOf(
  { store, policy }: Needs,
  messageId: string,
  { since, at }: { since: Date | undefined; at: Date },
): Promise<DeliveryState> {
  const message = await store.messages.find(messageId);
  const shown = SHOWN[message?.state ?? 'queued'] ?? 'sending';
  const late = shown === 'sending' && since !== undefined && at > later(since, policy.lateAfter);
  return late ? 'late' : shown;
}
