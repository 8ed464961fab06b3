import type { ApiKeys } from './api-keys.js';
import type { Batches } from './batches.js';
import type { Conversations } from './conversations.js';
import type { Onboarding } from './facts.js';
import type { Limits } from './limits.js';
import type { Messages } from './messages.js';
import type { Onboardings } from './onboardings.js';
import type { Sessions } from './sessions.js';
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

/** Erases what tells something of a person outside of their document (SECURITY.md row 39). */
export function createErasure(traces: Traces) {
  const { onboardings, sessions, messages, conversations, apiKeys, batches, limits, teams } = traces;

  return {
    /** Of somebody whose erasure was decided; may be done again, and changes nothing for anybody else. */
    async eraseTraces(onboardingId: string): Promise<void> {
      const o = await onboardings.find(onboardingId);
      if (o?.stage !== 'erased') return;
      await sessions.closeAllOf(o._id);
      await messages.eraseOf(o._id);
      await conversations.erase(o._id);
      await forgetAsInviter(o);
      if (o.erasing) await batches.forgetAddress(o.erasing.email);
      await limits.forget({
        'text-person': o._id,
        'chat-person': o._id,
        'mail-person': o._id,
        'invite-caller': o._id,
        ...(o.erasing && { 'sign-in-email': o.erasing.email, 'reset-email': o.erasing.email }),
        ...(o.erasing?.phone !== undefined && { 'text-number': o.erasing.phone }),
      });
      await onboardings.markErased(o._id);
    },
  };

  /** A team lead invites under the own name from the dashboard, or through a key. */
  async function forgetAsInviter(o: Onboarding): Promise<void> {
    await forgetInviter(o._id, o.teamId);
    const keys = o.erasing ? await apiKeys.ownedBy({ id: o._id, email: o.erasing.email }) : [];
    for (const key of keys) {
      await forgetInviter(key._id, key.teamId);
      await apiKeys.erase(key._id);
    }
  }

  async function forgetInviter(id: string, teamId: string): Promise<void> {
    const name = (await teams.find(teamId))?.name ?? '';
    await onboardings.forgetInviter(id, name);
    await batches.forgetSender(id, name);
  }
}
