import assert from 'node:assert/strict';
import { load } from 'cheerio';
import fc from 'fast-check';
import { exampleContext, exampleModels, hostileModels, rightToLeftModels } from '../../emails/examples.js';
import { renderMail } from '../../emails/index.js';
import { oneLine } from '../../emails/values.js';

const ATTACK = '</mj-text><mj-raw><script>alert(1)</script></mj-raw>';

describe('values that people typed', () => {
  it('stay text in the HTML, escaped exactly once', async () => {
    const { html } = await renderMail('invitation', hostileModels.invitation, exampleContext);
    const $ = load(html);

    assert.equal($('script').length, 0);
    assert.ok($('body').text().includes(`Hello ${ATTACK},`));
    assert.ok(html.includes('Hello &lt;/mj-text&gt;&lt;mj-raw&gt;&lt;script&gt;alert(1)'));
    assert.ok($('title').text().startsWith(`"Zoë" O'Hara & Söhne <x@evil.example>`));
    assert.doesNotMatch(html, /&amp;(amp|lt|quot|#39);/);
  });

  it('are not escaped at all in the text part and the subject', async () => {
    const { text, subject } = await renderMail('invitation', hostileModels.invitation, exampleContext);

    assert.ok(text.includes(`Hello ${ATTACK},`));
    assert.ok(subject.startsWith(`"Zoë" O'Hara & Söhne <x@evil.example> Bcc: all@evil.example`));
  });

  it('are not read as templates, catalogue keys or replacement patterns', async () => {
    const mail = await renderMail('invitation-stuck', hostileModels['invitation-stuck'], exampleContext);

    assert.equal(mail.subject, 'We cannot reach {{ brandName }} $t(common.help) {% raw %} $& gnp.exe');
    assert.ok(mail.text.includes('You invited {{ brandName }} $t(common.help) {% raw %} $& gnp.exe to join'));
  });

  it('keep the line breaks of a personal message, each line marked as quoted in the text part', async () => {
    const { html, text } = await renderMail('invitation', hostileModels.invitation, exampleContext);

    assert.ok(text.includes(`> ${ATTACK}\n> second & "last" line\n> > {{ url }}\n`));
    assert.equal(load(html)('.quote br').length, 2);
    assert.equal(load(html)('.quote').attr('dir'), 'auto');
  });

  it('bring no line break into a subject and are shortened there only', async () => {
    const { teamName } = hostileModels.invitation;
    const { subject, text } = await renderMail('invitation', hostileModels.invitation, exampleContext);

    assert.doesNotMatch(subject, /[\r\n\u2028\u2029]/);
    assert.ok(subject.includes('…') && !subject.includes(teamName));
    assert.ok(text.includes(teamName));
  });

  it('in another writing direction are isolated from the sentence around them', async () => {
    const { text } = await renderMail('invitation', rightToLeftModels.invitation, exampleContext);

    assert.ok(
      text.includes('\u2068د. سلمى الحسيني\u2069 invites you to join \u2068قسم أمراض القلب\u2069 on Huma.'),
    );
  });

  it('cannot reorder the text: controls are taken out', async () => {
    const model = { ...exampleModels.invitation, inviterName: 'Dr \u202Eevil\u2066\u0000\u0007' };
    const { html, text, subject } = await renderMail('invitation', model, exampleContext);

    for (const part of [html, text, subject]) {
      for (const control of ['\u202E', '\u2066', '\u0000', '\u0007']) assert.ok(!part.includes(control));
    }
    assert.ok(subject.startsWith('Dr evil invites'));
  });

  it('of any kind come out of the HTML as they went in', async () => {
    const strings = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[<>&"'{}%$#;!/\w -]{1,40}$/),
    );
    await fc.assert(
      fc.asyncProperty(strings, async (firstName) => {
        fc.pre(oneLine(firstName) !== '');
        const { html } = await renderMail('blocked', { firstName }, exampleContext);
        const shown = load(html)('body')
          .text()
          .replaceAll(/[\u2068\u2069]/g, '');
        assert.ok(shown.includes(`Hello ${oneLine(firstName)},`));
      }),
      { numRuns: 200 },
    );
  });
});
