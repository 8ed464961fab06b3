import { stageAfter } from '../actions.js';
import { type Onboarding, SERVICE } from '../facts.js';
import type { Policy } from '../policy.js';
import { erasure, isErasureDue } from './erasure.js';
import type { Judge } from './step.js';

/** What `admin doctor` decides where an onboarding and its workflow cannot come together again by a nudge. */
export interface Revival {
  /** The first one that no workflow has had. */
  attempt: number;
  /** Of the document in which the fault was found: where it has moved on, there may be none any more. */
  seq: number;
  at: Date;
}

/** Another workflow begins from the facts as they are; one of before that still runs sees it and ends. */
export const revive =
  ({ attempt, seq, at }: Revival): Judge =>
  (o: Onboarding) => {
    if (o.stage === 'erased' || o.seq !== seq) return { refused: 'not-due' };
    return { event: { type: 'revived', actor: SERVICE, at, data: { attempt } }, set: { attempt } };
  };

/** Of somebody who had been erased, and whom a backup brought back. Whose time is not up yet was erased because somebody asked. */
export const eraseAgain =
  ({ attempt, seq, at }: Revival, policy: Policy): Judge =>
  (o: Onboarding) => {
    if (!stageAfter('erase-again', o.stage) || o.seq !== seq) return { refused: 'not-due' };
    const { set, unset = [] } = erasure(o, { at, asked: !isErasureDue(o, at, policy) }, policy);
    return { event: { type: 'erased', actor: SERVICE, at }, set: { ...set, attempt }, unset };
  };
