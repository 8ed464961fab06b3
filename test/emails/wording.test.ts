import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { load } from 'cheerio';
import { exampleContext, exampleModels } from '../../emails/examples.js';
import { type MailContext, renderMail } from '../../emails/index.js';
import { languageOf, languages, translator } from '../../emails/words.js';

function buttonIn(html: string): string {
  return load(html)('.button a').text().trim();
}

function keysOf(language: string): string[] {
  const file = new URL(`../../../emails/words/${language}.json`, import.meta.url);
  const walk = (node: object, path: string): string[] =>
    Object.entries(node).flatMap(([key, value]) =>
      typeof value === 'string' ? [path + key] : walk(value, `${path}${key}.`),
    );
  return walk(JSON.parse(readFileSync(file, 'utf8')), '').sort();
}

describe('the words of mails', () => {
  it('name inviter and team in the invitation, under a button Create account', async () => {
    const { subject, html, text } = await renderMail('invitation', exampleModels.invitation, exampleContext);

    assert.equal(subject, 'Dr Jonas Feld invites you to join Cardiology, St Brigid’s Hospital on Huma');
    assert.equal(buttonIn(html), 'Create account');
    for (const part of [load(html)('body').text(), text]) {
      assert.ok(part.includes('Dr Jonas Feld invites you to join Cardiology, St Brigid’s Hospital on Huma.'));
      assert.ok(part.includes('until 14:05 on Tuesday 1 December (GMT)'));
    }
  });

  it('ask to verify within 24 hours, with the exact time and its zone', async () => {
    const { html, text } = await renderMail('verification', exampleModels.verification, exampleContext);

    assert.equal(buttonIn(html), 'Verify email');
    for (const part of [load(html)('body').text(), text]) {
      assert.ok(part.includes('within 24 hours, or your account may be blocked'));
      assert.ok(part.includes('by 14:05 on Wednesday 25 November (GMT)'));
    }
  });

  it('give times in the zone of the team, summer time included', async () => {
    const model = { ...exampleModels.verification, verifyBy: new Date('2026-07-01T23:30:00Z') };
    const inZone = async (timeZone: string, locale = 'en') =>
      (await renderMail('verification', model, { ...exampleContext, timeZone, locale })).text;

    assert.ok((await inZone('Europe/London')).includes('by 00:30 on Thursday 2 July (BST)'));
    assert.ok((await inZone('America/New_York', 'en-US')).includes('by 19:30 on Wednesday 1 July (EDT)'));
    await assert.rejects(inZone('Mars/Olympus'), RangeError);
  });

  it('name the time to verify that is configured', async () => {
    const within = async (verifyWindow: MailContext['verifyWindow'], locale = 'en') =>
      (
        await renderMail('verification', exampleModels.verification, {
          ...exampleContext,
          verifyWindow,
          locale,
        })
      ).text;

    assert.ok((await within({ length: 2, unit: 'day' })).includes('within 2 days, or'));
    assert.ok((await within({ length: 60, unit: 'minute' })).includes('within 60 minutes, or'));
    assert.ok((await within({ length: 20, unit: 'second' })).includes('within 20 seconds, or'));
    assert.ok((await within({ length: 24, unit: 'hour' }, 'ar')).includes('خلال 24 ساعة'));
  });

  it('greet without a name where none is known, and leave out an absent message', async () => {
    const { firstName: _, message: __, ...model } = exampleModels.invitation;
    const { html, text } = await renderMail('invitation', model, exampleContext);

    assert.ok(text.includes('\nHello,\n'));
    assert.ok(!text.includes('writes:') && load(html)('.quote').length === 0);
  });

  it('name the sender again at the end, with the brand that is configured', async () => {
    const context = { ...exampleContext, brandName: 'Acme & Co' };
    const { html, text } = await renderMail('blocked', exampleModels.blocked, context);

    assert.ok(text.endsWith('This email was sent by Acme & Co.\nQuestions? Write to us: support@huma.com\n'));
    assert.ok(!html.includes('Huma'));
  });

  it('tell an inviter about each thing that can be stuck', async () => {
    const problems = [
      'invitation-undeliverable',
      'verification-undeliverable',
      'text-undeliverable',
    ] as const;
    for (const locale of languages) {
      const texts = await Promise.all(
        problems.map(async (problem) => {
          const model = { ...exampleModels['invitation-stuck'], problem };
          return (await renderMail('invitation-stuck', model, { ...exampleContext, locale })).text;
        }),
      );

      assert.equal(new Set(texts).size, problems.length);
    }
  });

  it('tell what changed about signing in', async () => {
    const changes = [
      'authenticator-added',
      'authenticator-removed',
      'recovery-codes-made',
      'recovery-code-used',
      'codes-locked',
    ] as const;
    for (const locale of languages) {
      const texts = await Promise.all(
        changes.map(
          async (change) =>
            (await renderMail('sign-in-notice', { change }, { ...exampleContext, locale })).text,
        ),
      );

      assert.equal(new Set(texts).size, changes.length);
    }
  });
});

describe('languages', () => {
  it('all have the same keys as English', () => {
    assert.ok(languages.includes('en') && languages.length > 1);
    for (const language of languages) assert.deepEqual(keysOf(language), keysOf('en'));
  });

  it('fall back to English, its time format included, where there is no catalogue or the tag is malformed', () => {
    for (const locale of ['fr', 'fr-CA', '', 'en-!', '../en', 'constructor']) {
      assert.deepEqual(languageOf(locale), { code: 'en', tag: 'en-GB', dir: 'ltr' });
    }
    assert.deepEqual(languageOf('ar-EG'), { code: 'ar', tag: 'ar-EG', dir: 'rtl' });
    assert.deepEqual(languageOf('en-US'), { code: 'en', tag: 'en-US', dir: 'ltr' });
  });

  it('refuse to show a key or an unfilled placeholder', () => {
    assert.throws(() => translator('en', {})('no.such.key'), /no words for no\.such\.key/);
    assert.throws(() => translator('en', {})('blocked.subject'), /no value for \{\{brandName\}\}/);
  });
});
