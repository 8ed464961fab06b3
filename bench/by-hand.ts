import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileOnce } from '../activities/filing.js';
import { invite } from '../store/inviting.js';
import { openStore, type Store } from '../store/open.js';
import { DEFAULT_POLICY as policy } from '../store/policy.js';
import { newSecretId } from '../store/secrets.js';
import { acceptVerificationMail, createAccount, later } from '../store/steps.js';
import { createGateway } from '../workflows/client/gateway.js';
import { rateOf } from './at-once.js';
import { COUNTS } from './counts.js';
import { newEmail } from './journey.js';
import type { Setting } from './setting.js';

/** Onboardings in great numbers, written by the store's own functions and told by the gateway, without the doors between. */
interface ByHand {
  store: Store;
  /** Invited by the demo's team; each has its workflow started. @returns their addresses */
  invite(times: number): Promise<Set<string>>;
  /** Invited by teams of a thousand each, in the database alone. */
  record(times: number): Promise<void>;
  /** With an account and an address that was not verified; the block of all is due at one instant. @returns their team and addresses */
  verifying(times: number, dueAt: Date): Promise<{ teamId: string; emails: Set<string> }>;
  /** How many mails have come to these addresses. */
  mailsTo(emails: Set<string>): number;
}

const TEAM = 'demo';
/** Filed together: the Schedule's rounds are for what comes in through the doors, and would fall behind by the half. */
const PORTION = 1_000;

export async function byHand<T>(setting: Setting, work: (hand: ByHand) => Promise<T>): Promise<T> {
  const { service, client } = setting;
  const store = await openStore({ uri: service.mongodb.uri, policy });
  const { onboardings } = store;
  const gateway = createGateway(client);
  const file = fileOnce({ store, clock: () => new Date() });

  async function invited(teamId: string) {
    const made = await invite(
      { onboardings, policy },
      {
        id: randomUUID(),
        request: { email: newEmail(), firstName: 'Sam', lastName: 'Taylor', role: 'clinician', locale: 'en' },
        by: { kind: 'api-key', id: TEAM, name: 'Dr Alex Morgan' },
        teamId,
        at: new Date(),
      },
    );
    if ('refused' in made) throw new Error(`Not invited: ${made.refused}`);
    return made.onboarding;
  }

  async function tell(onboarding: Parameters<typeof gateway.nudge>[0] & { seq: number }) {
    await gateway.nudge(onboarding);
    await onboardings.markTold(onboarding._id, onboarding.seq);
  }

  const many = (times: number, work: () => Promise<unknown>) =>
    rateOf({ times, atOnce: COUNTS.requests, work });

  async function inPortions(times: number, one: (portion: number) => Promise<void>): Promise<void> {
    for (let done = 0; done < times; done += PORTION) {
      await many(Math.min(PORTION, times - done), () => one(done / PORTION));
      await file();
    }
  }

  const hand: ByHand = {
    store,
    async invite(times) {
      const emails = new Set<string>();
      await inPortions(times, async () => {
        const onboarding = await invited(TEAM);
        emails.add(onboarding.email);
        await tell(onboarding);
      });
      return emails;
    },
    async record(times) {
      const group = randomUUID();
      await inPortions(times, async (portion) => {
        const { _id, seq } = await invited(`${group}:${portion}`);
        await onboardings.markTold(_id, seq);
      });
    },
    async verifying(times, dueAt) {
      const teamId = randomUUID();
      await store.teams.ensure({ _id: teamId, name: 'Of one instant', timeZone: 'UTC' });
      const emails = new Set<string>();
      const acceptedAt = later(dueAt, -policy.blockGrace - policy.verifyWindow);
      await many(times, async () => {
        const { _id, email, linkId = '' } = await invited(teamId);
        emails.add(email);
        const newLinkId = newSecretId();
        const account = {
          linkId,
          newLinkId,
          passwordHash: '',
          firstName: 'Sam',
          lastName: 'Taylor',
          terms: { version: 'bench', digest: 'bench' },
          at: new Date(),
        };
        await onboardings.take(_id, createAccount(account, policy));
        const accepted = acceptVerificationMail({ linkId: newLinkId, at: acceptedAt }, policy);
        const { onboarding } = await onboardings.take(_id, accepted);
        if (onboarding?.verifyBy === undefined) throw new Error('No deadline');
        await tell(onboarding);
      });
      return { teamId, emails };
    },
    mailsTo: (emails) => service.inbox.mails.filter(({ to }) => emails.has(to)).length,
  };
  try {
    return await work(hand);
  } finally {
    await store.close();
  }
}

/** Looks ten times a second, or so much less often that looking takes no more than a twentieth of the time; for two hours at most. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const latest = performance.now() + 2 * 3_600_000;
  for (;;) {
    const from = performance.now();
    if (await isTrue()) return;
    if (from > latest) throw new Error('Waited for two hours');
    await delay(Math.max(100, 19 * (performance.now() - from)));
  }
}
