import { v4, v5 } from 'uuid';
import { effectiveStage } from '../store/deadlines.js';
import type { ActorKind, Onboarding, Stage } from '../store/facts.js';
import { canonicalRequest, type InviteRequest, invite, type RequestRefusal } from '../store/inviting.js';
import { DomainError } from './errors.js';
import type { Services } from './services.js';

export interface Caller {
  kind: ActorKind;
  id: string;
  /** As the mail names the inviter. */
  name: string;
  teamId: string;
}

export interface Invited {
  /** False where the person was invited before. */
  created: boolean;
  onboarding: Onboarding;
}

export type Inviter = (input: {
  caller: Caller;
  request: InviteRequest;
  idempotencyKey?: string;
  /** The same request has come before and was never answered: what it made is the answer. */
  crashed?: boolean;
  at: Date;
}) => Promise<Invited>;

/** Namespace of ids made from an Idempotency-Key (RFC 9562 §5.5). */
const NAMESPACE = '2f9c6a1e-6f5c-4c58-9f2e-0d6f5f1f3a77';
/** Nobody comes in by an invitation at these. */
const OVER = new Set<Stage>(['expired', 'revoked']);

/**
 * Invites one person, once: the id made from the Idempotency-Key is the invitation's.
 * @throws DomainError `email-invalid`, `name-too-long`, `name-has-link`, `message-too-long`, `message-has-link`, `cannot-invite`,
 *   `idempotency-key-reused`, `too-many-requests`, `busy`
 */
export function createInviter({ store, policy, tell }: Pick<Services, 'store' | 'policy' | 'tell'>): Inviter {
  async function take(keys: Parameters<typeof store.limits.take>[0]): Promise<void> {
    const allowance = await store.limits.take(keys);
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
  }

  return async ({ caller: { teamId, ...by }, request: asked, idempotencyKey, crashed = false, at }) => {
    // What is refused below costs as well: with an Idempotency-Key it was written down.
    await take({ 'invite-caller': by.id });
    const request = canonicalRequest(asked);
    if ('refused' in request) throw new DomainError(request.refused, faultOf(request));
    if (by.kind === 'clinician') await take({ 'invite-colleague': by.id });

    const id = idempotencyKey === undefined ? v4() : v5(`${by.id}\n${idempotencyKey}`, NAMESPACE);
    const invited = await invite({ onboardings: store.onboardings, policy }, { id, request, by, teamId, at });
    if ('refused' in invited) throw refusalOf(invited.refused);
    const { outcome, onboarding } = invited;
    const replayed = outcome === 'replayed' && !crashed;
    // The key is older than its first answer. "Was invited before" of an invitation that is over would lose an invitation.
    if (replayed && OVER.has(effectiveStage(onboarding, at))) throw refusalOf('id-reused');
    if (outcome !== 'existing' && onboarding.untoldSince) await tell(onboarding);
    return { created: outcome !== 'existing' && !replayed, onboarding };
  };
}

function refusalOf(refused: 'cannot-invite' | 'id-reused' | 'busy'): DomainError {
  if (refused === 'busy') return new DomainError('busy', { retryAfterSeconds: 1 });
  return new DomainError(refused === 'id-reused' ? 'idempotency-key-reused' : refused);
}

const RULES = {
  'email-invalid': 'must be one plain address',
  'name-too-long': 'must be a short line of plain text',
  'name-has-link': 'must not hold a web address',
  'message-too-long': 'must be plain text of at most 500 characters',
  'message-has-link': 'must not hold a web address',
} as const;

const faultOf = ({ refused, field }: RequestRefusal) => ({ field, detail: `${field} ${RULES[refused]}` });
