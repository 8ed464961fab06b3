import type { Onboarding } from '../facts.js';

type Account = NonNullable<Onboarding['account']>;

export const generationAfter = ({ generation = 0 }: Account): number => generation + 1;

/** The account with every session ended by the write that decides it, also where a crash leaves the records (see sessions.ts). */
export const withoutSessions = (account: Account): Account => {
  const { keptSession: _, ...rest } = account;
  return { ...rest, generation: generationAfter(account) };
};

/** The same, but for the session in which it is decided. */
export const withoutOtherSessions = (account: Account, sessionId: string) => ({
  account: { ...withoutSessions(account), keptSession: sessionId },
});
