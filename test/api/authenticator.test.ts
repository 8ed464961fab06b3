import assert from 'node:assert/strict';
import { setUpOf, stepOf } from '../../api/authenticator.js';
import { newRecoveryCodes, readRecoveryCode, recoveryCodeText } from '../../api/recovery-codes.js';

const SECRET = Buffer.from('12345678901234567890');

describe('codes of an authenticator app', () => {
  it('are those of RFC 6238, appendix B', () => {
    for (const [seconds, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ] as const) {
      const at = new Date(seconds * 1_000);
      assert.equal(stepOf({ secret: SECRET, code, at }), Math.floor(seconds / 30), code);
    }
  });

  it('count a step early or late, as the step that they are of', () => {
    const step = 37_037_036;
    const at = (seconds: number) => new Date((step * 30 + seconds) * 1_000);
    const read = (seconds: number) => stepOf({ secret: SECRET, code: '081804', at: at(seconds) });
    assert.deepEqual([-31, -30, 0, 29, 59, 60].map(read), [undefined, step, step, step, step, undefined]);
  });

  it('are six digits, and nothing else is compared', () => {
    for (const code of ['', '81804', '0081804', '08180x', '٠٨١٨٠٤'])
      assert.equal(stepOf({ secret: SECRET, code, at: new Date(1_111_111_109_000) }), undefined, code);
  });

  it('come from a key that is written as apps read it', () => {
    const { uri, key } = setUpOf({ secret: SECRET, brandName: 'Huma & Co', email: 'sam+1@example.org' });
    assert.equal(key, 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
    const { protocol, host, pathname, searchParams } = new URL(uri);
    assert.deepEqual([protocol, host], ['otpauth:', 'totp']);
    assert.equal(decodeURIComponent(pathname), '/Huma & Co:sam+1@example.org');
    assert.deepEqual(Object.fromEntries(searchParams), {
      issuer: 'Huma & Co',
      secret: key.replaceAll(' ', ''),
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

describe('recovery codes', () => {
  it('are eight, each another one, and begin with their place in the list', () => {
    const codes = newRecoveryCodes();
    assert.deepEqual(
      codes.map(({ position }) => position),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assert.equal(new Set(codes.map(({ secret }) => secret)).size, 8);
    for (const code of codes) {
      const text = recoveryCodeText(code);
      assert.match(text, /^[1-8]-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/);
      assert.deepEqual(readRecoveryCode(text), code);
    }
  });

  it('are read however they are typed', () => {
    const code = { position: 3, secret: 'AB0D1FGH1K' };
    for (const typed of [
      '3-AB0D-1FGH-1K',
      '3ab0d1fgh1k',
      ' 3 abod lfgh ik ',
      '3-ABOD-IFGH-LK',
      '3–AB0D–1FGH–1K',
    ]) {
      assert.deepEqual(readRecoveryCode(typed), code, typed);
    }
    assert.equal(readRecoveryCode('l-AB0D-1FGH-1K')?.position, 1);
  });

  it('are nothing else', () => {
    for (const typed of [
      '',
      '3',
      '123456',
      '0-AB0D-1FGH-1K',
      '3-AB0D-1FGH-1',
      '3-AB0D-1FGH-1KK',
      '3-UB0D-1FGH-1K',
      '3-ÄB0D-1FGH-1K',
      'x'.repeat(50_000),
      ' '.repeat(50_000),
    ]) {
      assert.equal(readRecoveryCode(typed), undefined, typed.slice(0, 20));
    }
  });
});
