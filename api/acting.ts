import type { StaffActionName } from '../store/actions.js';
import { canonicalEmail } from '../store/addresses.js';
import type { Actor, Onboarding } from '../store/facts.js';
import { readLine } from '../store/lines.js';
import { newSecretId } from '../store/secrets.js';
import { type StaffAction, staffAction, type Verdict } from '../store/steps.js';
import { DomainError, type ErrorCode } from './errors.js';
import type { Services } from './services.js';

export interface ActRequest {
  onboardingId: string;
  /** Team leads act on their own team only; absent: on every team (support). */
  teamId?: string;
  name: StaffActionName;
  /** The right address, for `correct-email`. */
  email?: string;
  actor: Actor;
  reason: string;
  at: Date;
}

export interface Acted {
  onboarding: Onboarding;
  /** False: decided and stored, but no worker has answered yet; it is carried out as soon as one is there. */
  carriedOut: boolean;
}

export type Act = (request: ActRequest) => Promise<Acted>;

/** How long an answer waits for the workflow's. */
const PATIENCE = 5_000;
const LONGEST_REASON = 500;
/** After these nobody is to be signed in; the decision ends the sessions, and this tidies their records away. */
const ENDS_SESSIONS = new Set<StaffActionName>([
  'correct-email',
  'correct-number',
  'revoke',
  'suspend',
  'erase',
]);
/** After these no API key of theirs opens anything, likewise. */
const ENDS_KEYS = new Set<StaffActionName>(['correct-email', 'suspend', 'erase']);

const REFUSALS: Partial<Record<string, ErrorCode>> = {
  'not-found': 'not-found',
  'not-allowed': 'not-allowed',
  'too-soon': 'too-soon',
  'email-taken': 'cannot-invite',
  'same-email': 'same-email',
};

/**
 * Takes a staff action: decides it in the database, then has the workflow carry it out and waits for its answer.
 * @throws DomainError `not-found` (also for another team's), `not-allowed`, `wrong-stage`, `too-soon`, `reason-missing`,
 *   `email-invalid`, `same-email`, `cannot-invite` (the address is taken), `too-many-requests`
 */
export function createAct({
  store,
  policy,
  tell,
  gateway,
  log,
}: Pick<Services, 'store' | 'policy' | 'tell' | 'gateway' | 'log'>): Act {
  return async ({ onboardingId, teamId, name, email, actor, reason, at }) => {
    const before = await store.onboardings.find(onboardingId);
    if (!before || (teamId !== undefined && before.teamId !== teamId)) throw new DomainError('not-found');
    const given = readLine(reason, LONGEST_REASON);
    if ('refusal' in given || given.line === '')
      throw new DomainError('reason-missing', {
        field: 'reason',
        detail: `reason must be one line of plain text, at most ${LONGEST_REASON} characters`,
      });

    const judge = staffAction({ action: actionOf(name, email), actor, reason: given.line, at }, policy);
    if (name === 'correct-email' && !isRefused(judge(before))) await takeInvitation(actor);
    const outcome =
      name === 'erase'
        ? await store.erasure.decide(onboardingId, judge)
        : await store.onboardings.take(onboardingId, judge);
    if (!outcome.done) {
      throw new DomainError(REFUSALS[outcome.refused] ?? 'wrong-stage', {
        detail: `${name} is not possible (${outcome.refused})`,
        ...(name === 'correct-email' && { field: 'email' }),
        ...(outcome.refused === 'too-soon' && {
          retryAfterSeconds: Math.ceil(policy.resendCooldown / 1_000),
        }),
      });
    }
    const { onboarding } = outcome;
    if (ENDS_SESSIONS.has(name)) await store.sessions.closeAllOf(onboardingId);
    if (ENDS_KEYS.has(name)) await store.apiKeys.revokeAllOf(onboardingId, at);
    await tell(onboarding);
    return { onboarding, carriedOut: await isCarriedOut(onboarding) };
  };

  /** A corrected address is mailed an invitation, and costs whoever has that done one of theirs. */
  async function takeInvitation({ kind, id = kind }: Actor): Promise<void> {
    const allowance = await store.limits.take({ 'invite-caller': id });
    if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
  }

  async function isCarriedOut(onboarding: Onboarding): Promise<boolean> {
    try {
      await gateway.act(onboarding, PATIENCE);
      // A workflow that was not to be found has not erased anything.
      return !onboarding.erasing || !(await store.onboardings.find(onboarding._id))?.erasing;
    } catch (error) {
      log.warn(
        { onboarding: onboarding._id, error: error instanceof Error ? error.name : 'unknown' },
        'not yet carried out',
      );
      return false;
    }
  }
}

const isRefused = (verdict: Verdict): boolean => typeof verdict === 'object' && 'refused' in verdict;

function actionOf(name: StaffActionName, typed: string | undefined): StaffAction {
  if (name === 'new-window') return { name, newLinkId: newSecretId() };
  if (name !== 'correct-email') return { name };
  const email = canonicalEmail(typed ?? '');
  if (!email)
    throw new DomainError('email-invalid', { field: 'email', detail: 'email must be one plain address' });
  return { name, newLinkId: newSecretId(), email };
}
