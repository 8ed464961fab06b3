import { STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import type { ApiKey } from '../../store/api-keys.js';
import type { Onboarding } from '../../store/facts.js';
import { EVENT_OF } from '../../store/steps.js';
import type { Act } from '../acting.js';
import type { Services } from '../services.js';
import { happenedTo } from '../timeline.js';
import { type Answer, type Call, type Served, serve } from './operation.js';
import { ACTION_OPERATIONS, type ActionOperation, SUPPORT_ONLY } from './operations.js';
import { pathOf, representationOf } from './representation.js';

/** Whatever an action's body may hold. */
interface ActionBody {
  reason: string;
  email?: string;
}

/** What a team lead may do with an invitation; what only support may do is refused by the same table (`store/actions.ts`). */
export function actions({ store }: Pick<Services, 'store'>, act: Act): Served[] {
  const take = async (name: StaffActionName, call: Call<unknown, ActionBody>): Promise<Answer> => {
    const { key, at, id, body, crashedAt } = call;
    const decided = crashedAt && (await decidedBefore({ name, id, key, receivedAt: crashedAt }));
    if (decided) return answer(202, decided, at);
    const { onboarding, carriedOut } = await act({
      onboardingId: id,
      teamId: key.teamId,
      name,
      ...(body.email !== undefined && { email: body.email }),
      actor: { kind: 'api-key', id: key._id },
      reason: body.reason,
      at,
    });
    return answer(carriedOut ? 200 : 202, onboarding, at);
  };

  /** The write that decides carries the actor and the time of receipt: by these a repeat after a crash knows its own. */
  async function decidedBefore(input: {
    name: StaffActionName;
    id: string;
    key: ApiKey;
    receivedAt: readonly Date[];
  }): Promise<Onboarding | undefined> {
    const { name, id, key, receivedAt } = input;
    const times = new Set(receivedAt.map((each) => each.getTime()));
    const onboarding = await store.onboardings.find(id);
    if (onboarding?.teamId !== key.teamId) return undefined;
    const timeline = await happenedTo(onboarding, store);
    const own = timeline.some(
      (event) => event.type === EVENT_OF[name] && event.actor.id === key._id && times.has(event.at.getTime()),
    );
    return own ? onboarding : undefined;
  }

  const served = { ...ACTION_OPERATIONS, ...SUPPORT_ONLY };
  return STAFF_ACTIONS.map((name) => serve(served[name] as ActionOperation, (call) => take(name, call)));
}

const answer = (status: 200 | 202, onboarding: Onboarding, at: Date): Answer => ({
  status,
  location: pathOf(onboarding),
  body: representationOf(onboarding, at),
});
