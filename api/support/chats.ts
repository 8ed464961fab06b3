import { type Response, Router } from 'express';
import { z } from 'zod';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import { readForm } from '../web/forms.js';
import { personOf } from '../web/guard.js';
import { nameOf, type Show } from '../web/page.js';
import { readMessage } from '../web/support-chat.js';

const CHATS_SHOWN = 100;

/** What people have written to support, the longest waiting first, and the answers. Behind the console's guard. */
export function supportChats({ store }: Services, show: Show): Router {
  const router = Router();

  router.get('/support/chats', async (_req, res) => {
    const conversations = await store.conversations.waiting(CHATS_SHOWN);
    const waiting = await Promise.all(
      conversations.map(async ({ _id: id, unreadBySupport: unread, supportOwesSince, updatedAt }) => {
        const person = await store.onboardings.find(id);
        const since = supportOwesSince ?? updatedAt;
        return { id, name: person ? nameOf(person) : '', unread, since };
      }),
    );
    await show(res, 'support-chats', { waiting });
  });

  router.get('/support/:id/chat', (req, res) => page(res, req.params.id, ''));

  router.post('/support/:id/chat', async (req, res) => {
    const { id } = req.params;
    const { message } = readForm(req, ['message']);
    const text = readMessage(message);
    if (!text) return page(res, id, message, [{ field: 'message', code: 'chat-message-missing' }]);
    await findPerson(id);
    await store.conversations.say(id, { from: 'support', text, at: personOf(res).at });
    res.redirect(303, `/support/${id}/chat`);
  });

  /** A word of thanks needs no answer: it leaves the inbox, and nobody is mailed about it. */
  router.post('/support/:id/chat/no-answer', async (req, res) => {
    const { id } = req.params;
    const { seen } = readForm(req, ['seen']);
    const at = z.iso.datetime().safeParse(seen);
    if (!at.success) throw new DomainError('bad-request');
    await findPerson(id);
    await store.conversations.markRead(id, 'support', new Date(at.data));
    res.redirect(303, '/support/chats');
  });

  async function page(res: Response, id: string, typed: string, errors: FieldError[] = []): Promise<void> {
    const person = await findPerson(id);
    const conversation = await store.conversations.find(id);
    const model = {
      id,
      name: nameOf(person),
      messages: conversation?.messages ?? [],
      values: { message: typed },
      ...(conversation &&
        conversation.unreadBySupport > 0 && {
          waiting: { unread: conversation.unreadBySupport, seen: conversation.updatedAt },
        }),
    };
    await show(res, 'support-conversation', model, { errors });
  }

  async function findPerson(id: string) {
    const person = await store.onboardings.find(id);
    if (!person || person.stage === 'erased') throw new DomainError('not-found');
    return person;
  }

  return router;
}
