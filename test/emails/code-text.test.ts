import assert from 'node:assert/strict';
import { codeText } from '../../emails/index.js';

/** GSM 03.38 basic character set, one septet each (3GPP TS 23.038, 6.2.1). */
const GSM_7 =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

const example = { code: '123456', brandName: 'Huma', domain: 'onboarding.hospital.example', locale: 'en' };

describe('the text message with a code', () => {
  it('starts with the code and ends with the line that binds it to our domain', () => {
    const lines = codeText(example).split('\n');

    assert.ok(lines[0]?.startsWith('123456 is your Huma verification code'));
    assert.equal(lines.at(-1), '@onboarding.hospital.example #123456');
  });

  it('is one GSM-7 segment', () => {
    const text = codeText(example);

    assert.ok(text.length <= 160, String(text.length));
    assert.deepEqual(
      [...text].filter((character) => !GSM_7.includes(character)),
      [],
    );
  });

  it('starts with the code in every language and keeps a leading zero', () => {
    for (const locale of ['ar', 'en', 'xx']) {
      const text = codeText({ ...example, locale, code: '004200' });
      assert.ok(text.startsWith('004200 '));
      assert.ok(text.endsWith('\n@onboarding.hospital.example #004200'));
    }
  });

  it('cannot be given a second binding line by a brand name', () => {
    const text = codeText({ ...example, brandName: 'Huma\n@evil.example #123456\n' });

    assert.equal(text.split('\n').filter((line) => line.startsWith('@')).length, 1);
  });
});
