import { v4, v5 } from 'uuid';
import { canonicalEmail } from '../store/addresses.js';
import { isDuplicate } from '../store/audit.js';
import { type ActorKind, effectiveStage, type Onboarding, type Role } from '../store/facts.js';
import { newSecretId, sha256 } from '../store/secrets.js';
import { expireInvite, later, newLink } from '../store/steps.js';
import { DomainError } from './errors.js';
import type { Services } from './services.js';
import { hasLink, readLine, readName } from './web/forms.js';

export interface Caller {
  kind: ActorKind;
  id: string;
  /** As the mail names the inviter. */
  name: string;
  teamId: string;
}

export interface InviteRequest {
  email: string;
  firstName?: string;
  lastName?: string;
  message?: string;
  role: Role;
  locale: string;
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
  at: Date;
}) => Promise<Invited>;

const LONGEST_MESSAGE = 500;
/** Namespace of ids made from an Idempotency-Key (RFC 9562 §5.5). */
const NAMESPACE = '2f9c6a1e-6f5c-4c58-9f2e-0d6f5f1f3a77';

/**
 * Makes an onboarding, once: the unique address and the id made from the Idempotency-Key decide between rivals.
 * @throws DomainError `email-invalid`, `name-too-long`, `name-has-link`,
 *   `message-too-long`, `message-has-link`, `cannot-invite`, `idempotency-key-reused`, `too-many-requests`
 */
export function createInviter({ store, policy, tell }: Pick<Services, 'store' | 'policy' | 'tell'>): Inviter {
  return async ({ caller, request, idempotencyKey, at }) => {
    const wanted = canonical(request);
    const requestHash = sha256(JSON.stringify(wanted));
    const id = idempotencyKey === undefined ? v4() : v5(`${caller.id}\n${idempotencyKey}`, NAMESPACE);
    const allowance = await store.limits.take({ 'invite-caller': caller.id });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);

    const link = newLink(newSecretId(), 'invitation', at);
    const onboarding: Onboarding = {
      _id: id,
      ...wanted,
      emailSlot: wanted.email,
      teamId: caller.teamId,
      invitedBy: { kind: caller.kind, id: caller.id, name: caller.name },
      requestHash,
      stage: 'invited',
      stageSince: at,
      attempt: 1,
      seq: 0,
      outbox: [],
      notices: [],
      createdAt: at,
      inviteBy: later(at, policy.inviteExpiry),
      links: [link],
      linkId: link.id,
      codeFailures: 0,
    };
    const born =
      (await insert(onboarding)) ??
      ((await freeSlot(wanted.email, at)) ? await insert(onboarding) : undefined);
    if (!born) return existing(id, requestHash, wanted.email, caller);
    await tell(born);
    return { created: true, onboarding: born };
  };

  async function insert(onboarding: Onboarding): Promise<Onboarding | undefined> {
    try {
      return await store.onboardings.insert(onboarding);
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  /** An invitation that has run out frees its address, also before the workflow has said so. */
  async function freeSlot(email: string, at: Date): Promise<boolean> {
    const holder = await store.onboardings.findByEmail(email);
    if (!holder || effectiveStage(holder, at) !== 'expired') return false;
    const { done } = await store.onboardings.take(holder._id, expireInvite({ asOf: at }, policy));
    return done;
  }

  async function existing(id: string, requestHash: string, email: string, caller: Caller): Promise<Invited> {
    const replayed = await store.onboardings.find(id);
    if (replayed) {
      if (replayed.requestHash !== requestHash) throw new DomainError('idempotency-key-reused');
      return { created: true, onboarding: replayed };
    }
    const holder = await store.onboardings.findByEmail(email);
    if (!holder) throw new DomainError('busy', { retryAfterSeconds: 1 });
    if (holder.teamId !== caller.teamId) throw new DomainError('cannot-invite');
    return { created: false, onboarding: holder };
  }
}

function canonical(request: InviteRequest) {
  const email = canonicalEmail(request.email);
  if (!email)
    throw new DomainError('email-invalid', { field: 'email', detail: 'email must be one plain address' });
  const firstName = name('firstName', request.firstName);
  const lastName = name('lastName', request.lastName);
  const message = request.message
    ?.normalize('NFC')
    .replaceAll(/\r\n|\u2028|\u2029/g, '\n')
    .trim();
  if (
    message &&
    ([...message].length > LONGEST_MESSAGE ||
      'refusal' in readLine(message.replaceAll('\n', ' '), LONGEST_MESSAGE))
  ) {
    throw new DomainError('message-too-long', {
      field: 'message',
      detail: `message must be plain text of at most ${LONGEST_MESSAGE} characters`,
    });
  }
  if (message && hasLink(message)) {
    throw new DomainError('message-has-link', {
      field: 'message',
      detail: 'message must not hold a web address',
    });
  }
  const { role, locale } = request;
  return {
    email,
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(message && { message }),
    role,
    locale,
  };
}

function name(field: 'firstName' | 'lastName', text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const read = readName(text);
  if (!('refusal' in read)) return read.line;
  if (read.refusal === 'has-link')
    throw new DomainError('name-has-link', { field, detail: `${field} must not hold a web address` });
  throw new DomainError('name-too-long', { field, detail: `${field} must be a short line of plain text` });
}
