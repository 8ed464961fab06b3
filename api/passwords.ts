import { hash, parseOptions, verify } from '@node-rs/argon2';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import type { Onboarding } from '../store/facts.js';
import { DomainError } from './errors.js';

/** argon2id as OWASP's Password Storage Cheat Sheet gives it: 46 MiB, one pass, one lane. The algorithm is the library's default. */
const PARAMETERS = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;
/** More at once would only take longer each, and 46 MiB each. */
const AT_ONCE = 2;
const QUEUE = 30;
const RETRY_AFTER = 5;

/** Code points. NIST SP 800-63B asks 15 of a password alone; here a second factor always follows (docs/decisions). */
const SHORTEST = 12;
const LONGEST = 256;
/** zxcvbn's guesses, as a power of ten, below which a password counts as easily guessed: its own "safely unguessable". */
const GUESSES_LOG10 = 10;
/** zxcvbn's time grows with length; what it judges stands at the beginning. */
const JUDGED_LENGTH = 100;
/** Shorter words say nothing about a person. */
const CONTEXT_WORD = 4;

export type PasswordRefusal =
  | 'password-missing'
  | 'password-too-short'
  | 'password-too-long'
  | 'password-too-common'
  | 'password-contains-context';

export type Passwords = ReturnType<typeof createPasswords>;

export function createPasswords(input: { brandName: string; parameters?: typeof PARAMETERS }) {
  const { brandName, parameters = PARAMETERS } = input;
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const common = new Set(dictionary['passwords-common']);
  const turn = createQueue();
  // Unknown addresses are checked against this, so that they cost what known ones cost.
  const nobody = hash('nobody has this password', parameters);

  return {
    /** @returns why a password is not good enough, or undefined. `context`: the person's own words (name, address). */
    refusalOf(password: string, context: readonly string[]): PasswordRefusal | undefined {
      const normal = password.normalize('NFC');
      const length = [...normal].length;
      if (length === 0) return 'password-missing';
      if (length < SHORTEST) return 'password-too-short';
      if (length > LONGEST) return 'password-too-long';
      const lower = normal.toLowerCase();
      if (common.has(lower)) return 'password-too-common';
      const words = [brandName, ...context]
        .flatMap((text) =>
          text
            .normalize('NFC')
            .toLowerCase()
            .split(/[^\p{L}\p{N}]+/u),
        )
        .filter((word) => word.length >= CONTEXT_WORD);
      if (words.some((word) => isMostly(lower, word))) return 'password-contains-context';
      const { guessesLog10 } = zxcvbn.check(normal.slice(0, JUDGED_LENGTH), words);
      return guessesLog10 < GUESSES_LOG10 ? 'password-too-common' : undefined;
    },

    /** @throws DomainError `busy` when too many wait. */
    hash: (password: string) => turn(() => hash(password.normalize('NFC'), parameters)),

    /** One hash's worth of work, whether there is a stored hash or not. @throws DomainError `busy` when too many wait. */
    async matches(stored: string | undefined, password: string): Promise<boolean> {
      const against = stored ?? (await nobody);
      const same = await turn(() => verify(against, password.normalize('NFC')));
      return same && stored !== undefined;
    },

    /** The stored hash was made with weaker parameters than today's. */
    isOutdated(stored: string): boolean {
      const { memoryCost, timeCost } = parseOptions(stored);
      return memoryCost < parameters.memoryCost || timeCost < parameters.timeCost;
    },
  };
}

/** The context of somebody who is known already. */
export const ownWordsOf = ({ firstName = '', lastName = '', email }: Onboarding): string[] => [
  firstName,
  lastName,
  email,
];

/** A context word and little else: without it too few characters are left to make a password. */
function isMostly(password: string, word: string): boolean {
  return password.includes(word) && [...password.replaceAll(word, '')].length < SHORTEST - CONTEXT_WORD;
}

function createQueue() {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= QUEUE) throw new DomainError('busy', { retryAfterSeconds: RETRY_AFTER });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
