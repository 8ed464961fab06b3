import { canonicalEmail } from './addresses.js';
import { effectiveStage } from './deadlines.js';
import { isDuplicate } from './duplicate.js';
import type { Onboarding, Role } from './facts.js';
import { hasLink, readLine, readName } from './lines.js';
import type { Onboardings } from './onboardings.js';
import type { Policy } from './policy.js';
import { newSecretId, sha256 } from './secrets.js';
import { expireInvite, later, newLink } from './steps.js';

/** What somebody asks for who invites: one person. */
export interface InviteRequest {
  email: string;
  firstName?: string;
  lastName?: string;
  message?: string;
  role: Role;
  locale: string;
}

export interface RequestRefusal {
  refused: 'email-invalid' | 'name-too-long' | 'name-has-link' | 'message-too-long' | 'message-has-link';
  field: 'email' | 'firstName' | 'lastName' | 'message';
}

const LONGEST_MESSAGE = 500;

/** The one form of a request: what is compared, stored and mailed. */
export function canonicalRequest(request: InviteRequest): InviteRequest | RequestRefusal {
  const email = canonicalEmail(request.email);
  if (!email) return { refused: 'email-invalid', field: 'email' };
  const firstName = readName(request.firstName ?? '');
  if ('refusal' in firstName) return { refused: nameFault(firstName.refusal), field: 'firstName' };
  const lastName = readName(request.lastName ?? '');
  if ('refusal' in lastName) return { refused: nameFault(lastName.refusal), field: 'lastName' };
  const message = (request.message ?? '')
    .normalize('NFC')
    .replaceAll(/\r\n|\u2028|\u2029/g, '\n')
    .trim();
  if (
    [...message].length > LONGEST_MESSAGE ||
    'refusal' in readLine(message.replaceAll('\n', ' '), LONGEST_MESSAGE)
  ) {
    return { refused: 'message-too-long', field: 'message' };
  }
  if (hasLink(message)) return { refused: 'message-has-link', field: 'message' };
  const { role, locale } = request;
  return {
    email,
    ...(firstName.line && { firstName: firstName.line }),
    ...(lastName.line && { lastName: lastName.line }),
    ...(message && { message }),
    role,
    locale,
  };
}

const nameFault = (refusal: 'too-long' | 'unprintable' | 'has-link') =>
  refusal === 'has-link' ? 'name-has-link' : 'name-too-long';

export interface Invitation {
  /** The onboarding's: the same one invites once, however often it is asked for. */
  id: string;
  /** In its canonical form. */
  request: InviteRequest;
  by: Onboarding['invitedBy'];
  teamId: string;
  at: Date;
}

export type Invited =
  /** `replayed`: the same id made it before, from the same request; by now it may be anywhere on its way, or over. */
  | { outcome: 'created' | 'replayed' | 'existing'; onboarding: Onboarding }
  /** `id-reused`: made before from another request. `busy`: the address is changing hands at this moment. */
  | { refused: 'cannot-invite' | 'id-reused' | 'busy' };

/** Makes an onboarding, once: its unique id and the unique address decide between rivals. Nobody has been told of it yet. */
export async function invite(
  { onboardings, policy }: { onboardings: Onboardings; policy: Policy },
  { id, request, by, teamId, at }: Invitation,
): Promise<Invited> {
  const requestHash = sha256(JSON.stringify(request));
  const link = newLink(newSecretId(), 'invitation', at);
  const onboarding: Onboarding = {
    _id: id,
    ...request,
    emailSlot: request.email,
    teamId,
    invitedBy: by,
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
  const born = (await insert()) ?? ((await freeSlot()) ? await insert() : undefined);
  if (born) return { outcome: 'created', onboarding: born };

  const replayed = await onboardings.find(id);
  if (replayed) {
    return replayed.requestHash === requestHash
      ? { outcome: 'replayed', onboarding: replayed }
      : { refused: 'id-reused' };
  }
  const holder = await onboardings.findByEmail(request.email);
  // One that has run out holds its address for the grace of a click on its way, and invites nobody any more.
  if (!holder || effectiveStage(holder, at) === 'expired') return { refused: 'busy' };
  return holder.teamId === teamId
    ? { outcome: 'existing', onboarding: holder }
    : { refused: 'cannot-invite' };

  async function insert(): Promise<Onboarding | undefined> {
    try {
      return await onboardings.insert(onboarding);
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  /** An invitation that has run out frees its address, also before the workflow has said so. */
  async function freeSlot(): Promise<boolean> {
    const holder = await onboardings.findByEmail(request.email);
    if (!holder || effectiveStage(holder, at) !== 'expired') return false;
    const { done } = await onboardings.take(holder._id, expireInvite({ asOf: at }, policy));
    return done;
  }
}
