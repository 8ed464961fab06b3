import { countryOf } from '../../store/addresses.js';
import { newSecretId } from '../../store/secrets.js';
import type { Services } from '../services.js';

export interface TextingInput {
  onboardingId: string;
  /** E.164. */
  number: string;
  /**
   * Of a caller who has typed the number, as `networkOf` has it. Absent where the number was confirmed before and its person is
   * signing in: no matter how many do so behind one address, or with telephones bought together.
   */
  network?: string;
}

/** All but the last three digits: numbers in a row share it. */
const prefixOf = (number: string) => number.slice(0, -3);
/** All but the last six: what an operator sells in one piece, and what toll fraud is run on. */
const rangeOf = (number: string) => number.slice(0, -6);

/** Whether one more text may go out, counted over all api processes (SECURITY.md row 9). */
export const takeText = (
  { store }: Pick<Services, 'store'>,
  { onboardingId, number, network }: TextingInput,
) =>
  store.limits.take({
    'text-person': onboardingId,
    'text-number': number,
    ...(network !== undefined && {
      'text-prefix': prefixOf(number),
      'text-unconfirmed': rangeOf(number),
      'text-address': network,
    }),
    'text-country': countryOf(number) ?? '',
    'text-total': 'all',
  });

/** Somebody had the text to a typed number in hand: it does not count against its range. */
export const textWasConfirmed = ({ store }: Pick<Services, 'store'>, number: string) =>
  store.limits.giveBack('text-unconfirmed', rangeOf(number));

/** A challenge for a session; the code itself is derived again when it is texted. */
export function newChallengeFor({ keyring }: Pick<Services, 'keyring'>, sessionId: string, at: Date) {
  const challengeId = newSecretId();
  return { challengeId, codeHash: keyring.issueCode(challengeId).codeHash, sessionId, at };
}
