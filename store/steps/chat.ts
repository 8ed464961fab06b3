import { type ChatSide, type Onboarding, SERVICE } from '../facts.js';
import type { Judge } from './step.js';

/** Where a person can sign in, and so read what is answered. */
const CAN_READ: readonly Onboarding['stage'][] = [
  'verifying',
  'enrolling',
  'confirming',
  'active',
  'blocked',
];

/**
 * What was written in the chat has waited too long: one mail to the side that has not read it, however many rounds of the
 * sweeper come upon it. `since` is the beginning of the stretch, and tells it from the ones before.
 */
export const mailAboutChat =
  ({ reader, since, at }: { reader: ChatSide; since: Date; at: Date }): Judge =>
  (o) => {
    const mailed = o.chatMails?.[reader];
    if (mailed && mailed >= since) return 'already';
    if (reader === 'person' ? !CAN_READ.includes(o.stage) : o.stage === 'erased')
      return { refused: 'wrong-stage' };
    return {
      event: { type: reader === 'support' ? 'chat-unanswered' : 'chat-unread', actor: SERVICE, at },
      set: { chatMails: { ...o.chatMails, [reader]: since } },
      notices: [{ kind: reader === 'support' ? 'chat-waiting' : 'chat-answered', to: reader, since }],
      told: true,
    };
  };
