import type { Onboarding } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import type { DeliveryState } from '../views/models.js';

const SHOWN: Record<string, DeliveryState> = {
  queued: 'sending',
  accepted: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
};

/** How far the verification mail for the current link has come, as a page words it. */
export function verificationDelivery(
  store: Store,
  { links, linkId = '' }: Onboarding,
): Promise<DeliveryState> {
  const link = links.find(({ id }) => id === linkId);
  return deliveryOf(store, linkId, link?.reopened ? 'new-window' : 'verification', link?.sends ?? 1);
}

/** How far the text with the current code has come. */
export async function codeDelivery(store: Store, { challenge }: Onboarding): Promise<DeliveryState> {
  return challenge ? deliveryOf(store, challenge.id, 'code', challenge.sends) : 'failed';
}

async function deliveryOf(store: Store, about: string, kind: string, nth: number): Promise<DeliveryState> {
  const message = await store.messages.find(`${about}.${kind}.${nth}`);
  return SHOWN[message?.state ?? 'queued'] ?? 'sending';
}
