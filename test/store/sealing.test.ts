import assert from 'node:assert/strict';
import { createKeyring } from '../../store/secrets.js';

const key = (letter: string) => Buffer.alloc(32, letter);
const SECRET = Buffer.from('a secret of twenty b');

describe('a sealed secret', () => {
  const keyring = createKeyring([key('a')]);

  it('is opened again by its key, for its owner', () => {
    const sealed = keyring.seal(SECRET, 'sam');
    assert.deepEqual(keyring.unseal(sealed, 'sam'), SECRET);
    assert.equal(keyring.unseal(sealed, 'alex'), undefined, 'in another document it opens nothing');
  });

  it('looks another way each time, and holds nothing of the secret or the key', () => {
    const [one, other] = [keyring.seal(SECRET, 'sam'), keyring.seal(SECRET, 'sam')];
    assert.notEqual(one.box, other.box);
    assert.equal(one.keyId, other.keyId);
    const bytes = Buffer.from(one.box, 'base64url');
    assert.equal(bytes.length, 12 + SECRET.length + 16);
    for (const part of [SECRET, key('a').subarray(0, 8)]) assert.equal(bytes.indexOf(part), -1);
  });

  it('that somebody has changed is refused, bit by bit', () => {
    const { keyId, box } = keyring.seal(SECRET, 'sam');
    const bytes = Buffer.from(box, 'base64url');
    for (const [index, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[index] = byte ^ 1;
      assert.equal(keyring.unseal({ keyId, box: changed.toString('base64url') }, 'sam'), undefined);
    }
    for (const cut of ['', box.slice(0, 8), box.slice(0, -1), box.slice(1)])
      assert.equal(keyring.unseal({ keyId, box: cut }, 'sam'), undefined);
  });

  it('is opened by any key of the list, made by the first, and by none that is not there', () => {
    const sealed = keyring.seal(SECRET, 'sam');
    const both = createKeyring([key('b'), key('a')]);
    assert.deepEqual(both.unseal(sealed, 'sam'), SECRET);
    const anew = both.seal(SECRET, 'sam');
    assert.deepEqual([anew.keyId, sealed.keyId], [both.sealKeyId, keyring.sealKeyId]);
    assert.notEqual(anew.keyId, sealed.keyId);
    assert.equal(keyring.unseal(anew, 'sam'), undefined);
    assert.deepEqual(createKeyring([key('b')]).unseal(anew, 'sam'), SECRET);
    assert.equal(createKeyring([key('b')]).unseal({ ...sealed, keyId: anew.keyId }, 'sam'), undefined);
  });
});
