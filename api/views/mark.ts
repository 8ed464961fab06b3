import type { DeliveryState } from './models.js';

/**
 * What a waiting page shows, in one line. The page names it when it asks for news (`/events?seen=`), and news is whatever
 * differs from it: so nothing is missed between the making of the page and its question, nor while the connection is away.
 */
export function markOf({ place, delivery, expired, deadline, messages }: Shown): string {
  // Pages word both alike, and what reads the same is no news.
  const worded = delivery === 'delivered' ? 'sent' : delivery;
  return [place, worded, expired && 'expired', deadline?.toISOString(), wordsOf(messages)]
    .filter(Boolean)
    .join(' ');
}

/** By the last one too: once the oldest go, there are always as many. */
const wordsOf = (messages: Shown['messages']): string | undefined =>
  messages && [messages.length, messages.at(-1)?.at.toISOString()].filter(Boolean).join('/');

interface Shown {
  place: string;
  delivery?: DeliveryState | undefined;
  expired?: boolean | undefined;
  deadline?: Date | undefined;
  /** What stands on the chat's page. */
  messages?: readonly { at: Date }[] | undefined;
}
