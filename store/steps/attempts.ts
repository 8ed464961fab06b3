import type { Onboarding } from '../facts.js';
import type { Policy } from '../policy.js';
import { later } from './step.js';

/** The workflow of a blocked person ends after a while; near that end another one takes over (the old one, if still there, yields). */
export function lastingAttempt(o: Onboarding, at: Date, policy: Policy): number {
  const ends = o.blockedAt && later(o.blockedAt, policy.blockedRetention / 2);
  return ends && at > ends ? o.attempt + 1 : o.attempt;
}
