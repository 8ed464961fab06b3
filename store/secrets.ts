import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Challenge, LinkPurpose } from './facts.js';
import { createSealing, type Sealing } from './sealing.js';

/**
 * What is never stored but derived: link tokens, texted codes, form tokens. A dump of the database opens nothing, and a
 * retried mail or text carries the same link or code. HMAC-SHA-256 throughout (RFC 2104), keys told apart by a label. What
 * cannot be derived is sealed (sealing.ts).
 *
 * The first key makes; every key is accepted, so that keys rotate by putting a new one in front.
 */
export interface Keyring extends Sealing {
  /** @returns the token for a link: 22 characters of id and 22 of MAC. */
  linkToken(linkId: string, purpose: LinkPurpose): string;
  /** @returns the link's id, or undefined where the token is not ours or was made for another purpose. */
  openLinkToken(token: string, purpose: LinkPurpose): string | undefined;
  /** @returns a six-digit code and the hash to store for it. */
  issueCode(challengeId: string): { code: string; codeHash: string };
  /** The code of a stored challenge again, for a repeated text; undefined where its key is gone. */
  recallCode(challenge: Pick<Challenge, 'id' | 'codeHash'>): string | undefined;
  codeMatches(challenge: Pick<Challenge, 'id' | 'codeHash'>, code: string): boolean;
  /** Token for the forms of one browser session (OWASP: HMAC-based token pattern). */
  formToken(sessionToken: string): string;
  formTokenMatches(sessionToken: string, formToken: string): boolean;
  /**
   * The token that follows `sessionToken` when its holder proves one factor more: the same one however often it is asked for.
   * @param proof id of the challenge, the app or the list of codes.
   */
  nextSessionToken(sessionToken: string, proof: string): string;
}

/** 128 random bits, base64url: 22 characters. */
export const newSecretId = (): string => randomBytes(16).toString('base64url');

/** SHA-256 in hex: for secrets with 128 random bits and more, and for digests of texts. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the first link of a hash chain follows on. */
export const GENESIS = sha256('genesis');

const TOKEN = /^[A-Za-z0-9_-]{44}$/;

/** @param keys at least one, each of 32 bytes or more. */
export function createKeyring(keys: readonly Buffer[]): Keyring {
  const [current, ...older] = keys;
  if (!current || keys.some((key) => key.length < 32))
    throw new Error('A key of at least 32 bytes is needed');

  const mac = (key: Buffer, label: string, ...parts: string[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([label, ...parts]))
      .digest();
  const short = (bytes: Buffer) => bytes.subarray(0, 16).toString('base64url');
  const linkMac = (key: Buffer, id: string, purpose: string) => short(mac(key, 'link', id, purpose));
  const formMac = (key: Buffer, session: string) => short(mac(key, 'form', session));
  const codeOf = (key: Buffer, id: string) =>
    String(mac(key, 'code', id).readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
  const codeHashOf = (key: Buffer, id: string, code: string) =>
    mac(key, 'code-hash', id, code).toString('base64url');
  const anyKey = (matches: (key: Buffer) => boolean) => keys.map(matches).includes(true);

  return {
    ...createSealing([current, ...older]),
    linkToken: (linkId, purpose) => linkId + linkMac(current, linkId, purpose),
    openLinkToken(token, purpose) {
      if (!TOKEN.test(token)) return undefined;
      const id = token.slice(0, 22);
      return anyKey((key) => same(linkMac(key, id, purpose), token.slice(22))) ? id : undefined;
    },
    issueCode(challengeId) {
      const code = codeOf(current, challengeId);
      return { code, codeHash: codeHashOf(current, challengeId, code) };
    },
    recallCode({ id, codeHash }) {
      const key = keys.find((candidate) => same(codeHashOf(candidate, id, codeOf(candidate, id)), codeHash));
      return key && codeOf(key, id);
    },
    codeMatches: ({ id, codeHash }, code) => anyKey((key) => same(codeHashOf(key, id, code), codeHash)),
    formToken: (session) => formMac(current, session),
    formTokenMatches: (session, token) => anyKey((key) => same(formMac(key, session), token)),
    nextSessionToken: (session, proof) => mac(current, 'session', session, proof).toString('base64url'),
  };
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
