import type { Actor, Onboarding } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import { type Happened, happenedTo } from '../timeline.js';
import type { SupportTimelineEntry } from '../views/support-models.js';
import { nameOf } from '../web/page.js';
import { titleOf } from './wording.js';

const SUPPORT = { words: 'support.actors.support', name: '' };

/**
 * What happened, newest first: the audit trail, and what has not been filed there yet.
 * @param forTeam what the person's team may see: no reasons, and support without a name
 */
export async function timelineOf(
  store: Store,
  o: Onboarding,
  { forTeam = false } = {},
): Promise<SupportTimelineEntry[]> {
  const events = (await happenedTo(o, store)).reverse();
  const names = await namesOf(store, o, events);
  return events.map(({ seq, type, at, actor }) => {
    const reason = forTeam ? undefined : o.reasons?.find((given) => given.seq === seq)?.text;
    const words = titleOf(type);
    return {
      type,
      ...(words !== undefined && { words }),
      at,
      actor: forTeam && actor.kind === 'support' ? SUPPORT : names(actor),
      ...(reason !== undefined && { reason }),
    };
  });
}

/** The trail holds ids only; each is looked up once. Whoever was erased stays unnamed. */
async function namesOf(store: Store, o: Onboarding, events: readonly Pick<Happened, 'actor'>[]) {
  const known = new Map<string, string>();
  const actors = new Map(events.map(({ actor }) => [`${actor.kind} ${actor.id}`, actor]));
  for (const [key, { kind, id }] of actors) {
    if (id === undefined || id === o._id || kind === 'service') continue;
    const found = kind === 'api-key' ? await store.apiKeys.find(id) : await store.onboardings.find(id);
    if (found) known.set(key, 'ownerName' in found ? found.ownerName : nameOf(found));
  }
  return ({ kind, id }: Actor): SupportTimelineEntry['actor'] => {
    if (kind === 'service') {
      return { words: id === undefined ? 'support.actors.service' : 'support.actors.admin', name: '' };
    }
    if (id === o._id) return { words: 'support.actors.themself', name: '' };
    const name = known.get(`${kind} ${id}`);
    if (!name) return { words: 'support.actors.unknown', name: '' };
    return kind === 'api-key' ? { words: 'support.actors.api-key', name } : { name };
  };
}
