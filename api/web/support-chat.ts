import { type Response, Router } from 'express';
import { type Conversation, lacksSecondFactor, readableBy } from '../../store/conversations.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { readForm } from './forms.js';
import { only, personOf } from './guard.js';
import type { Show } from './page.js';

const LONGEST_MESSAGE = 1_000;

/** Live chat with support: for everyone with an account, at whatever step they are. */
export function supportChatPages({ store }: Services, show: Show): Router {
  const router = Router();
  const anyone = only('/check-email', '/phone', '/two-step', '/unlocking', '/dashboard', '/blocked');

  router.get('/support-chat', anyone, async (req, res) => {
    const { onboarding, session } = personOf(res);
    const conversation = await store.conversations.find(onboarding._id);
    // Seen is read: nobody is mailed about an answer that was on their screen. That it was on theirs takes the second factor.
    const seen = req.method === 'GET' && !lacksSecondFactor(onboarding, session);
    if (conversation && conversation.unreadByPerson > 0 && seen)
      await store.conversations.markRead(onboarding._id, 'person', conversation.updatedAt);
    await page(res, conversation, '');
  });

  router.post('/support-chat', anyone, async (req, res) => {
    const { message } = readForm(req, ['message']);
    const { onboarding, session, at } = personOf(res);
    const text = readMessage(message);
    if (!text) {
      const conversation = await store.conversations.find(onboarding._id);
      return page(res, conversation, message, [{ field: 'message', code: 'chat-message-missing' }]);
    }
    const allowance = await store.limits.take({ 'chat-person': onboarding._id });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
    await store.conversations.say(onboarding._id, {
      from: 'person',
      text,
      at,
      ...(lacksSecondFactor(onboarding, session) && { passwordOnly: true }),
    });
    res.redirect(303, '/support-chat');
  });

  async function page(
    res: Response,
    conversation: Conversation | null,
    typed: string,
    errors: FieldError[] = [],
  ): Promise<void> {
    const { onboarding, session } = personOf(res);
    const messages = readableBy(conversation, onboarding, session);
    const sinceSignIn = lacksSecondFactor(onboarding, session);
    await show(res, 'support-chat', { messages, sinceSignIn, values: { message: typed } }, { errors });
  }

  return router;
}

/** Plain text of a readable length, or nothing. */
export function readMessage(typed: string): string | undefined {
  const text = typed.normalize('NFC').replaceAll('\r\n', '\n').trim();
  return text !== '' && [...text].length <= LONGEST_MESSAGE ? text : undefined;
}
