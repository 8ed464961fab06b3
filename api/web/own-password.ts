import type { Onboarding } from '../../store/facts.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';

/**
 * The password once more, from whoever is signed in, before anything changes that a stolen session could keep its person out by
 * (ASVS 7.5.1). Counted apart from the tries at sign-in, which any stranger can use up.
 * @returns the hash that it fits, or why not.
 * @throws DomainError `too-many-requests`
 */
export async function checkOwnPassword(
  { store, passwords }: Pick<Services, 'store' | 'passwords'>,
  { _id, account }: Onboarding,
  typed: string,
): Promise<{ hash: string } | { refusal: 'password-missing' | 'password-wrong' }> {
  if (typed === '') return { refusal: 'password-missing' };
  const allowance = await store.limits.take({ 'own-password': _id });
  if (!allowance.allowed) throw new DomainError('too-many-requests', allowance);
  const hash = account?.passwordHash;
  const matches = await passwords.matches(hash, typed);
  return matches && hash !== undefined ? { hash } : { refusal: 'password-wrong' };
}
