import assert from 'node:assert/strict';
import { load } from 'cheerio';
import {
  exampleContext,
  exampleModels,
  hostileModels,
  mailKinds,
  rightToLeftModels,
} from '../../emails/examples.js';
import type { MailKind } from '../../emails/index.js';
import { renderMail } from '../../emails/index.js';
import { languages } from '../../emails/words.js';

const WITHOUT_LINK: MailKind[] = [
  'blocked',
  'address-changed',
  'number-changed',
  'password-changed',
  'sign-in-notice',
  'invitation-revoked',
  'invitation-stuck',
];
const MODELS = { example: exampleModels, hostile: hostileModels, 'right-to-left': rightToLeftModels };

function linkOf(kind: MailKind): string | undefined {
  const model: object = exampleModels[kind];
  return Object.entries(model).find(([name]) => /url$/i.test(name))?.[1];
}

for (const locale of languages) {
  for (const kind of mailKinds) {
    describe(`mail ${kind} in ${locale}`, () => {
      for (const [set, models] of Object.entries(MODELS)) {
        it(`is whole and remote-free with ${set} values`, async () => {
          const mail = await renderMail(kind, models[kind], { ...exampleContext, locale });
          const $ = load(mail.html);

          assert.doesNotMatch(mail.subject, /[\r\n]/);
          assert.ok(mail.subject.length > 0 && mail.subject.length < 220);
          assert.equal($('html').attr('dir'), locale === 'ar' ? 'rtl' : 'ltr');
          assert.equal($('title').text(), mail.subject);
          assert.equal($('script, link, img, iframe, form').length, 0);
          assert.doesNotMatch(mail.html, /@import|\ssrc=|url\(/);
          const links = $('a')
            .toArray()
            .map((a) => $(a).attr('href'));
          const url = linkOf(kind);
          const expected = ['mailto:support@huma.com', ...(url ? [url, url] : [])];
          assert.deepEqual(links.sort(), expected.sort());
          for (const part of [$('body').text(), mail.text])
            assert.ok(part.includes(exampleContext.supportEmail));
        });
      }

      it('leaves no placeholder and no key in view', async () => {
        const mail = await renderMail(kind, exampleModels[kind], { ...exampleContext, locale });

        for (const part of [mail.subject, mail.html, mail.text]) {
          assert.doesNotMatch(part, /\{\{|\}\}|\{%|undefined|\[object|Invalid Date/);
          assert.ok(!part.includes(`${kind}.`) && !part.includes('common.'));
        }
      });

      it('shows its link once in the text part, and behind the button and in full in the HTML', async () => {
        const mail = await renderMail(kind, exampleModels[kind], { ...exampleContext, locale });
        const url = linkOf(kind);
        const $ = load(mail.html);

        assert.equal(url === undefined, WITHOUT_LINK.includes(kind));
        if (url === undefined) return;
        assert.equal(mail.text.split(url).length, 2);
        const [button, visible] = $(`a[href="${url}"]`)
          .toArray()
          .map((a) => $(a).text().trim());
        assert.ok(button && button !== url);
        assert.equal(visible, url);
      });
    });
  }
}
