import { setTimeout } from 'node:timers/promises';
import type { IdempotentCall } from '../../store/idempotency.js';
import { asDomainError, DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { Answer } from './operation.js';
import { problemOf } from './problem.js';

/** Refusals that the same request would get again; whatever else is refused may be tried again with the same key. */
const FINAL = new Set([403, 404, 409]);
const PAUSE = 50;
/** Somewhat longer than an action waits for its workflow. */
const MOST_PAUSES = 160;

export type Once = (call: IdempotentCall, carryOut: (crashedAt?: Date) => Promise<Answer>) => Promise<Answer>;

/**
 * Carries out a request with an Idempotency-Key once: the first is carried out, whoever comes with the same key meanwhile
 * waits for its answer, and whoever comes later gets that answer, word for word.
 * @throws DomainError `idempotency-key-reused`, `in-progress`
 */
export function createOnce({ store, clock }: Pick<Services, 'store' | 'clock'>): Once {
  return async (call, carryOut) => {
    for (let pauses = 0; pauses < MOST_PAUSES; pauses++) {
      const claim = await store.idempotency.claim(call, clock());
      switch (claim.is) {
        case 'ours':
          return first(call, claim.startedAt, () => carryOut(claim.crashedAt));
        case 'answered':
          return JSON.parse(claim.answer) as Answer;
        case 'another-request':
          throw new DomainError('idempotency-key-reused');
        case 'being-carried-out':
          await setTimeout(PAUSE);
      }
    }
    throw new DomainError('in-progress', { retryAfterSeconds: 1 });
  };

  async function first(
    call: IdempotentCall,
    startedAt: Date,
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const answer = await carryOut();
      await store.idempotency.keep(call, startedAt, JSON.stringify(answer));
      return answer;
    } catch (error) {
      const refusal = asDomainError(error);
      // A failure may have come after the deed: its claim stays, and a later repeat finds out.
      if (!refusal) throw error;
      if (!FINAL.has(refusal.status)) {
        await store.idempotency.release(call, startedAt);
        throw error;
      }
      const answer = { status: refusal.status, body: problemOf(refusal) };
      await store.idempotency.keep(call, startedAt, JSON.stringify(answer));
      return answer;
    }
  }
}
