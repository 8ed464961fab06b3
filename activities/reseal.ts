import type { ActivityDependencies } from './dependencies.js';

const BATCH = 500;
/** So many take some seconds; what is left waits for the next day, and an old key stays for a week. */
const MOST_BATCHES = 100;

/**
 * Seals the secrets of authenticator apps with the key that makes now, so that the ones before it can be taken away
 * (docs/operations.md, "Rotating secrets"). One that no key opens any more is left as it is: its person is texted.
 */
export function createReseal({ store, keyring }: Pick<ActivityDependencies, 'store' | 'keyring'>) {
  const { onboardings } = store;

  return async function reseal(): Promise<void> {
    let after = '';
    for (let batches = 0; batches < MOST_BATCHES; batches++) {
      const old = await onboardings.sealedOtherwise({ keyId: keyring.sealKeyId, after, limit: BATCH });
      await onboardings.reseal(
        old.flatMap(({ _id: id, authenticator: { secret: from } }) => {
          const secret = keyring.unseal(from, id);
          return secret ? [{ id, from, to: keyring.seal(secret, id) }] : [];
        }),
      );
      const last = old.at(-1);
      if (!last || old.length < BATCH) return;
      after = last._id;
    }
  };
}
