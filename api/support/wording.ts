import { STAFF_ACTIONS, type StaffActionName } from '../../store/actions.js';
import type { EventType } from '../../store/facts.js';
import type english from '../words/en.json';
import type { StuckReason, Suggestion } from './why-stuck.js';

/**
 * Keys of the words for what the console names. They are looked up by what stands in the database, so the compiler compares the
 * catalogue with the types: an event without a title, or a reason without words, does not build.
 */
type Words = (typeof english)['support'];

/** The one formatter of events. */
export const titleOf = (type: EventType): `support.events.${keyof Words['events']}` =>
  `support.events.${type}`;

export const reasonWords = (reason: StuckReason): `support.stuck.${keyof Words['stuck']}` =>
  `support.stuck.${reason}`;

type Advice = Exclude<Suggestion, StaffActionName>;

export const suggestionWords = (advice: Advice): `support.suggestions.${keyof Words['suggestions']}` =>
  `support.suggestions.${advice}`;

export const isAction = (suggestion: Suggestion): suggestion is StaffActionName =>
  STAFF_ACTIONS.includes(suggestion as StaffActionName);
