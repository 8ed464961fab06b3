import type { ApiKey, ApiKeys } from './api-keys.js';
import { type Batches, invitationIdOf } from './batches.js';
import type { Conversations } from './conversations.js';
import type { Onboarding } from './facts.js';
import type { Limits } from './limits.js';
import type { Messages } from './messages.js';
import type { Onboardings, Outcome } from './onboardings.js';
import type { Policy } from './policy.js';
import type { Sessions } from './sessions.js';
import { eraseAlong, type Judge } from './steps.js';
import type { Teams } from './teams.js';

interface Traces {
  onboardings: Onboardings;
  sessions: Sessions;
  messages: Messages;
  conversations: Conversations;
  apiKeys: ApiKeys;
  batches: Batches;
  limits: Limits;
  teams: Teams;
}

/** What is known of somebody whose erasure is decided. */
type Erased = Pick<Onboarding, '_id' | 'teamId' | 'stageSince' | 'erasing'>;

/** Erases what tells something of a person outside of their document (SECURITY.md row 39). */
export function createErasure(traces: Traces, policy: Policy) {
  const { onboardings, sessions, messages, conversations, apiKeys, batches, limits, teams } = traces;

  return {
    /**
     * Takes the step that erases somebody. Rows that wait to invite the address are refused before it: with the step the address
     * is free, and a row that some worker has in hand at this moment would invite the person anew.
     */
    async decide(onboardingId: string, judge: Judge): Promise<Outcome> {
      const o = await onboardings.find(onboardingId);
      const verdict = o ? judge(o) : 'already';
      if (o && typeof verdict === 'object' && 'set' in verdict) {
        const address = await addressToForget({ ...o, ...verdict.set });
        if (address !== undefined) await refuseRows(address, verdict.event.at);
      }
      return onboardings.take(onboardingId, judge);
    },

    eraseTraces,
    eraseKey,
  };

  /** Of somebody whose erasure was decided; may be done again, and changes nothing for anybody else. */
  async function eraseTraces(onboardingId: string): Promise<void> {
    const o = await onboardings.find(onboardingId);
    if (o?.stage !== 'erased') return;
    await sessions.closeAllOf(o._id);
    await messages.eraseOf(o._id);
    await conversations.erase(o._id);
    // A team lead invites under the own name from the dashboard, or through a key.
    await forgetInviter(o._id, await nameOf(o.teamId));
    for (const key of await apiKeys.madeBy(o._id)) await eraseKey(key);
    const address = await addressToForget(o);
    if (address !== undefined) await forgetAddress(address, o);
    await limits.forget({
      'text-person': o._id,
      'chat-person': o._id,
      'mail-person': o._id,
      'invite-caller': o._id,
      ...(o.erasing && { 'sign-in-email': o.erasing.email, 'reset-email': o.erasing.email }),
      ...(o.erasing?.phone !== undefined && { 'text-number': o.erasing.phone }),
    });
    await onboardings.markErased(o._id);
  }

  /** Without the key nobody would find what was invited with it any more. */
  async function eraseKey({ _id, teamId }: Pick<ApiKey, '_id' | 'teamId'>): Promise<void> {
    await forgetInviter(_id, await nameOf(teamId));
    await apiKeys.erase(_id);
  }

  /**
   * The address that the whole person goes by. None where nobody asked for the erasure, nor where somebody else held the address
   * before it: what it leads to is theirs (SECURITY.md row 22: a team ends nothing of another one by inviting somebody).
   */
  async function addressToForget({ _id, erasing, stageSince }: Erased): Promise<string | undefined> {
    if (!erasing || erasing.unasked) return undefined;
    const holder = await onboardings.findByEmail(erasing.email);
    const isTheirs = holder && holder._id !== _id && holder.createdAt <= stageSince;
    return isTheirs ? undefined : erasing.email;
  }

  async function forgetAddress(email: string, { _id: of, teamId, stageSince: at }: Erased): Promise<void> {
    await refuseRows(email, at);
    for (const key of await apiKeys.madeFor(email)) {
      if (key.teamId === teamId) await eraseKey(key);
      else await forgetOwner(key);
    }
    for (const { _id } of await onboardings.endedOf(email, at)) {
      await onboardings.take(_id, eraseAlong({ of, at }, policy));
      await eraseTraces(_id);
    }
  }

  /** Another team's programs rest on the key: it goes on, in the team's name. */
  async function forgetOwner({ _id, teamId }: ApiKey): Promise<void> {
    const name = await nameOf(teamId);
    await forgetInviter(_id, name);
    await apiKeys.forgetOwner(_id, name);
  }

  /** A try that holds one of the rows already finds its id used up, and invites nobody. */
  async function refuseRows(email: string, at: Date): Promise<void> {
    for (;;) {
      const rows = await batches.waitingFor(email);
      if (rows.length === 0) return;
      await onboardings.useUp(rows.map(invitationIdOf), at);
      await batches.refuse(rows);
    }
  }

  async function forgetInviter(id: string, teamName: string): Promise<void> {
    await onboardings.forgetInviter(id, teamName);
    await batches.forgetSender(id, teamName);
  }

  async function nameOf(teamId: string): Promise<string> {
    return (await teams.find(teamId))?.name ?? '';
  }
}
