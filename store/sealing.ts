import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Sealed } from './facts.js';

/**
 * For what has to be had again and cannot be derived: the secrets of authenticator apps, which stay as they are for years while
 * keys come and go. AES-256-GCM (NIST SP 800-38D) under keys that follow from those of SECRET_KEYS (HKDF, RFC 5869), bound to
 * the onboarding in question: a dump of the database opens nothing, and a box put into another document opens neither.
 */
export interface Sealing {
  /** Of the key that seals now. */
  sealKeyId: string;
  /** @param owner id of the onboarding. */
  seal(secret: Uint8Array, owner: string): Sealed;
  /** @returns undefined where its key is gone, or the box is not what was sealed for this owner. */
  unseal(sealed: Sealed, owner: string): Buffer | undefined;
}

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** @param keys at least one; the first seals, each opens what it has sealed. */
export function createSealing([current, ...older]: readonly [Buffer, ...Buffer[]]): Sealing {
  const idOf = (key: Buffer) => createHmac('sha256', key).update('seal-id').digest('base64url').slice(0, 11);
  const sealKeyOf = (key: Buffer) => Buffer.from(hkdfSync('sha256', key, '', 'seal', 32));
  const sealKeyId = idOf(current);
  const sealKey = sealKeyOf(current);
  const keys = new Map([current, ...older].map((key) => [idOf(key), sealKeyOf(key)]));
  const aboutIn = (owner: string) => Buffer.from(JSON.stringify(['authenticator', owner]));

  return {
    sealKeyId,
    seal(secret, owner) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, sealKey, nonce).setAAD(aboutIn(owner));
      const box = [nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()];
      return { keyId: sealKeyId, box: Buffer.concat(box).toString('base64url') };
    },
    unseal({ keyId, box }, owner) {
      const key = keys.get(keyId);
      const bytes = Buffer.from(box, 'base64url');
      if (!key || bytes.length < NONCE + TAG) return undefined;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(aboutIn(owner))
        .setAuthTag(bytes.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
