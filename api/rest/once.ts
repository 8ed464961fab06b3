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

export interface KeyedRequest {
  call: IdempotentCall;
  /** Time of receipt: what is carried out bears it, and by it a repeat after a crash knows what was done. */
  at: Date;
  /** @param crashedAt when processes that never answered had received it: it may have been carried out with one of these times. */
  carryOut(crashedAt?: readonly Date[]): Promise<Answer>;
}

export type Once = (request: KeyedRequest) => Promise<Answer>;

/**
 * Carries out a request with an Idempotency-Key once: the first is carried out, whoever comes with the same key meanwhile
 * waits for its answer, and whoever comes later gets that answer, word for word.
 * @throws DomainError `idempotency-key-reused`, `in-progress`
 */
export function createOnce({ store }: Pick<Services, 'store'>): Once {
  return async (request) => {
    for (let pauses = 0; pauses < MOST_PAUSES; pauses++) {
      const claim = await store.idempotency.claim(request.call, request.at);
      switch (claim.is) {
        case 'ours':
          return first(request, claim.crashedAt);
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

  async function first({ call, at, carryOut }: KeyedRequest, crashedAt?: readonly Date[]): Promise<Answer> {
    const answer = await carryOut(crashedAt).catch((error: unknown) => refused(error, { call, at }));
    await store.idempotency.keep(call, at, JSON.stringify(answer));
    return answer;
  }

  /** @returns the refusal as the answer that it is for good. @throws the error again where the next repeat is carried out. */
  async function refused(error: unknown, { call, at }: Pick<KeyedRequest, 'call' | 'at'>): Promise<Answer> {
    const refusal = asDomainError(error);
    // A failure or an outage may have come after the deed: its claim stays, and a later repeat finds out.
    if (!refusal || refusal.code === 'unavailable') throw error;
    if (FINAL.has(refusal.status)) return { status: refusal.status, body: problemOf(refusal) };
    await store.idempotency.release(call, at);
    throw error;
  }
}
