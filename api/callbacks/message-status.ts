import { Router, urlencoded } from 'express';
import type { Message, MessageState } from '../../store/messages.js';
import { type Judge, noteProblem } from '../../store/steps.js';
import { DomainError } from '../errors.js';
import { concerns } from '../requests.js';
import type { Services } from '../services.js';
import { isGenuine, parseDeliveryReport } from './plivo-signature.js';

const STATE: Record<'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed', MessageState> = {
  queued: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
};

/**
 * Plivo's delivery reports. Our own message id stands in the address, so that a report may come before the answer to the
 * request it is about. A report moves a message forward and may call for support; it never unlocks anything.
 */
export function messageStatusDoor({ store, settings, clock, tell, metrics }: Services): Router {
  const router = Router();
  const body = urlencoded({ extended: false, limit: '16kb', parameterLimit: 50 });

  router.post('/callbacks/plivo/message-status/:messageId', body, async (req, res) => {
    const genuine = isGenuine({
      publicUrl: settings.publicUrl,
      path: req.path,
      headers: req.headers,
      params: req.body,
      authToken: settings.plivoAuthToken,
    });
    if (!genuine) throw new DomainError('form-stale', { detail: 'The signature does not fit' });
    const report = parseDeliveryReport(req.body);
    if (!report) throw new DomainError('bad-request');
    const message = await store.messages.find(req.params.messageId);
    if (!message) throw new DomainError('not-found');
    concerns(message.onboardingId);
    const moved = await store.messages.advance(message._id, STATE[report.status], {
      providerId: report.messageUuid,
      ...(report.errorCode !== undefined && { failure: report.errorCode }),
    });
    // Each text has one last state: what it came to is counted with that.
    if (moved && report.charge && STATE[report.status] !== 'sent' && STATE[report.status] !== 'accepted')
      metrics.charged(report.charge);
    // Also when it is known already: the report before may have stopped halfway.
    if (STATE[report.status] === 'failed' && (moved || message.state === 'failed')) {
      const { onboarding } = await store.onboardings.take(
        message.onboardingId,
        unlessSuperseded(
          message,
          noteProblem({ problem: 'text-undeliverable', about: message.about, at: clock() }),
        ),
      );
      if (onboarding) await tell(onboarding);
    }
    res.status(204).end();
  });

  return router;
}

/** A text that was sent again meanwhile is no problem: how the next one fares counts. */
function unlessSuperseded(message: Message, judge: Judge): Judge {
  return (o) => (message._id === `${o.challenge?.id}.code.${o.challenge?.sends}` ? judge(o) : 'already');
}
