import type { EventType, Onboarding } from './facts.js';
import type { LimitName } from './limits.js';
import type { Message, MessageState } from './messages.js';

/**
 * Told of what this process wrote. A deciding write has one winner, so of any number of processes exactly one is told of a
 * step; who dies between the write and the telling tells nobody. Must not throw.
 */
export interface StoreObserver {
  /** A step was taken; `before` is absent where an onboarding was made. */
  stepped(step: { before?: Onboarding; after: Onboarding; type: EventType }): void;
  /** An attempt to send a message begins. */
  tried(message: Message): void;
  /** A message got further; `was` is how far it had got before. */
  moved(message: Message, was: MessageState): void;
  /** A limit refused. */
  limited(limit: LimitName): void;
}

const nothing = () => {};
export const UNOBSERVED: StoreObserver = {
  stepped: nothing,
  tried: nothing,
  moved: nothing,
  limited: nothing,
};
