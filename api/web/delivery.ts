import type { Store } from '../../store/open.js';
import type { DeliveryState } from '../views/models.js';

const SHOWN: Record<string, DeliveryState> = {
  queued: 'sending',
  accepted: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
};

/** How far the message about a link or challenge has come, as a page words it. */
export async function deliveryOf(
  store: Store,
  about: string,
  kind: string,
  nth: number,
): Promise<DeliveryState> {
  const message = await store.messages.find(`${about}.${kind}.${nth}`);
  return SHOWN[message?.state ?? 'queued'] ?? 'sending';
}
