import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { load } from 'cheerio';
import { encode } from 'uqr';
import { type Example, hardNames, visitor } from '../../api/views/examples/example.js';
import { examples } from '../../api/views/examples/index.js';
import { stuckExamples } from '../../api/views/examples/support.js';
import type { FieldError, PageModels } from '../../api/views/models.js';
import { qrMarkup } from '../../api/views/qr.js';
import { createRenderer } from '../../api/views/render.js';
import { type Catalogue, loadCatalogues } from '../../api/views/words.js';
import type { Span } from '../../store/policy.js';

const render = createRenderer();
const show = (example: Example) => load(render(example.page, example.model, example.context));

/** Every word of the catalogue by its key, so that a test can mark or count them. */
function leaves(words: Catalogue, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, word]): [string, string][] =>
    typeof word === 'string' ? [[prefix + key, word]] : leaves(word, `${prefix}${key}.`),
  );
}

function mapLeaves(words: Catalogue, change: (key: string, word: string) => string, prefix = ''): Catalogue {
  return Object.fromEntries(
    Object.entries(words).map(([key, word]) => [
      key,
      typeof word === 'string' ? change(prefix + key, word) : mapLeaves(word, change, `${prefix}${key}.`),
    ]),
  );
}

const english = loadCatalogues()['en'] ?? {};

describe('pages', () => {
  for (const example of examples) {
    it(`is a sound document: ${example.name}`, () => {
      const $ = show(example);

      assert.equal($('h1').length, 1);
      assert.ok($('h1').text().trim().length > 0);
      assert.equal($('html').attr('lang'), 'en-GB');
      assert.equal($('html').attr('dir'), 'ltr');
      assert.equal($('.govuk-skip-link').text(), 'Skip to main content');
      assert.equal($($('.govuk-skip-link').attr('href') ?? '').prop('tagName'), 'MAIN');
      assert.match($('footer').text(), /support@huma\.com/);

      const prefix = example.context.errors.length > 0 ? 'Error: ' : '';
      assert.equal($('title').text(), `${prefix}${$('h1').text()} – Huma`);
    });

    it(`labels every answer and protects every form: ${example.name}`, () => {
      const $ = show(example);

      $('input:not([type=hidden]), textarea, select').each((_, input) => {
        assert.equal($(`label[for="${$(input).attr('id')}"]`).length, 1);
      });
      // A search changes nothing, and its address must not carry the token.
      $('form[method=get]').each((_, form) => {
        assert.equal($(form).attr('role'), 'search');
        assert.equal($(form).find('input[name=_csrf]').length, 0);
      });
      $('form:not([method=get])').each((_, form) => {
        assert.equal($(form).attr('method'), 'post');
        assert.equal($(form).attr('novalidate'), '');
        assert.equal($(form).find('input[name=_csrf]').val(), 'example-token');
      });
    });

    it(`runs under a strict content policy: ${example.name}`, () => {
      const $ = show(example);

      assert.equal($('[style], style').length, 0);
      assert.equal($('script').length, 1);
      assert.equal($('script').text(), '');
      const handlers = $('*').filter((_, element) =>
        Object.keys($(element).attr() ?? {}).some((name) => name.startsWith('on')),
      );
      assert.equal(handlers.length, 0);
      const ids = $('[id]')
        .map((_, element) => $(element).attr('id'))
        .get();
      assert.equal(new Set(ids).size, ids.length);
    });

    it(`says each problem above and beside its answer: ${example.name}`, () => {
      const $ = show(example);
      const fields = example.context.errors.filter(({ field }) => field !== undefined);

      assert.equal($('.govuk-error-summary__list li').length, example.context.errors.length);
      for (const { field } of fields) {
        const above = $(`.govuk-error-summary a[href="#${field}"]`).text().trim();
        const beside = $(`#${field}-error`).text().replace('Error:', '').trim();
        assert.equal(above, beside);
        assert.ok($(`#${field}`).length === 1);
      }
      if (example.context.errors.length > 0) {
        const order = $('.govuk-error-summary, h1').map((_, element) => $(element).prop('tagName'));
        assert.deepEqual(order.get(), ['DIV', 'H1']);
      }
    });
  }

  it('are all in the gallery', () => {
    const views = new URL('../../../api/views/pages/', import.meta.url);
    const pages = readdirSync(views).map((file) => file.replace('.njk', ''));
    assert.deepEqual([...new Set(examples.map(({ page }) => page))].sort(), pages.sort());
  });

  it('keeps hostile and foreign names as text', () => {
    for (const name of hardNames) {
      const context = { ...visitor, person: { name } };
      const $ = load(
        render(
          'dashboard',
          { teams: [{ name }], invitations: [], portalUrl: 'https://portal.example/' },
          context,
        ),
      );
      assert.equal($('.app-menu__name').text(), name);
      assert.equal($('.app-panel li').text(), name);
      assert.ok($('main').text().includes(`Signed in as ${name}.`));
      assert.equal($('main script, main img').length, 0);
    }
  });

  it('shows the invited address in whole as text, and to password managers beside the password', () => {
    for (const example of examples.filter(({ page }) => page === 'create-account')) {
      const $ = show(example);
      const { email } = example.model as { email: string };
      assert.equal($('#email').text(), email);
      assert.equal($('#username').val(), email);
      assert.equal($('#username').attr('tabindex'), '-1');
      assert.equal($('#username').closest('form').find('#password').length, 1);
    }
  });

  it('never sends a password back', () => {
    for (const example of examples)
      assert.equal(show(example)('input[type=password]').attr('value'), undefined);
  });

  it('sends nothing else of the dashboard while the disclaimer is pending', () => {
    const $ = load(
      render(
        'dashboard',
        {
          teams: [{ name: 'Secret team' }],
          invitations: [],
          portalUrl: 'https://secret.example/',
          disclaimer: { version: '7', paragraphs: ['Read me'] },
        },
        visitor,
      ),
    );
    assert.doesNotMatch($.html(), /secret/i);
    assert.equal($('dialog[open] form[action="/disclaimer"] input[name=version]').val(), '7');
    assert.equal($('dialog h1').length, 1);
    assert.equal($('dialog button').first().text().trim(), 'start using Huma');
  });

  it('offers to send the mail again or to change the address only where the model says so', () => {
    const model = { email: 'a@example.org', delivery: 'sent' } as const;
    const plain = load(render('check-email', model, visitor));
    assert.equal(plain('main form, main a:not([href^="mailto:"])').length, 0);
    const full = load(render('check-email', { ...model, canResend: true, canChangeAddress: true }, visitor));
    assert.equal(full('form[action="/check-email/send-again"]').length, 1);
    assert.equal(full('a[href="/change-address"]').length, 1);
  });

  it('shows no box for a code that can no longer be used, unless an error links to it', () => {
    const model = {
      lastDigits: '123',
      purpose: 'sign-in',
      delivery: 'sent',
      expiresAt: new Date(),
      triesLeft: 0,
    } as const;
    const boxes = (...errors: FieldError[]) =>
      load(render('two-step', model, { ...visitor, errors }))('#code').length;
    assert.equal(boxes(), 0);
    assert.equal(boxes({ code: 'code-locked' }), 0);
    assert.equal(boxes({ field: 'code', code: 'code-spent' }), 1);
  });

  it('tells browsers and password managers what each answer is', () => {
    const attributes = (page: string, field: string, names: string[]) => {
      const example = examples.find((candidate) => candidate.page === page);
      assert.ok(example);
      const input = show(example)(`#${field}`);
      return names.map((name) => input.attr(name));
    };
    assert.deepEqual(attributes('two-step', 'code', ['type', 'inputmode', 'autocomplete']), [
      'text',
      'numeric',
      'one-time-code',
    ]);
    for (const page of ['two-step-app', 'authenticator-confirm'])
      assert.deepEqual(attributes(page, 'code', ['inputmode', 'autocomplete']), ['numeric', 'one-time-code']);
    assert.deepEqual(attributes('two-step-recovery', 'code', ['inputmode', 'autocomplete']), [
      undefined,
      'off',
    ]);
    assert.deepEqual(attributes('phone', 'phone', ['type', 'autocomplete']), ['tel', 'tel']);
    assert.deepEqual(attributes('create-account', 'password', ['autocomplete', 'spellcheck', 'maxlength']), [
      'new-password',
      'false',
      undefined,
    ]);
    assert.deepEqual(attributes('create-account', 'username', ['autocomplete', 'readonly', 'name']), [
      'username',
      'readonly',
      undefined,
    ]);
    assert.deepEqual(attributes('sign-in', 'password', ['autocomplete']), ['current-password']);
  });

  it('names times in the zone of the team', () => {
    const verifyBy = new Date('2026-07-25T23:30:00Z');
    const model = { email: 'a@example.org', delivery: 'sent', verifyBy } as const;
    const time = (timeZone: string) => load(render('check-email', model, { ...visitor, timeZone }))('time');
    assert.equal(time('Europe/London').text(), '00:30 on Sunday 26 July (BST)');
    assert.equal(time('America/New_York').text(), '19:30 on Saturday 25 July (GMT-4)');
    assert.equal(time('Asia/Tokyo').attr('datetime'), '2026-07-25T23:30:00.000Z');
  });
});

describe('a QR code', () => {
  const uri = 'otpauth://totp/Huma:sam%40example.org?issuer=Huma&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const $ = load(qrMarkup(uri, 'A "label" & more').toString());
  const size = Number($('svg').attr('viewBox')?.split(' ').at(-1));
  const [light, dark] = $('path')
    .toArray()
    .map((each) => $(each).attr('d') ?? '');

  it('draws each dark module of its text, and a quiet zone of four around them', () => {
    const drawn = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
    for (const [, x, y, length] of (dark ?? '').matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
      for (let n = 0; n < Number(length); n++) drawn[Number(y)]?.fill(true, Number(x) + n, Number(x) + n + 1);
    assert.deepEqual(drawn, encode(uri, { ecc: 'M', border: 4 }).data);
    const edges = [...Array(4).keys(), ...[1, 2, 3, 4].map((n) => size - n)];
    for (const edge of edges) {
      assert.ok(drawn[edge]?.every((module) => !module));
      assert.ok(drawn.every((row) => !row[edge]));
    }
    assert.equal(light, `M0 0h${size}v${size}h-${size}z`);
  });

  it('is a picture with a name, in black on white', () => {
    assert.deepEqual([$('svg').attr('role'), $('svg').attr('aria-label')], ['img', 'A "label" & more']);
    const fills = $('path').map((_, each) => $(each).attr('fill'));
    assert.deepEqual(fills.get(), ['#fff', '#000']);
    assert.equal($('[style]').length, 0);
  });
});

describe('words', () => {
  it('name the time to verify that is configured', () => {
    const blocked = examples.find(({ page }) => page === 'blocked') ?? assert.fail();
    const within = (verifyWindow: Span) =>
      load(render(blocked.page, blocked.model, { ...blocked.context, verifyWindow }))('main').text();

    assert.match(
      within({ length: 24, unit: 'hour' }),
      /was not verified within 24 hours, so .* with 24 hours to use it/s,
    );
    assert.match(within({ length: 7, unit: 'day' }), /was not verified within 7 days, so/);
    assert.match(within({ length: 20, unit: 'second' }), /was not verified within 20 seconds, so/);
  });

  it('name the times after which a session ends as they are configured', () => {
    const cookies = examples.find(({ page }) => page === 'cookies') ?? assert.fail();
    const model = {
      sessionIdle: { length: 45, unit: 'minute' },
      sessionAbsolute: { length: 2, unit: 'day' },
    } satisfies PageModels['cookies'];
    const page = load(render('cookies', model, cookies.context));
    assert.match(page('main').text(), /after 45 minutes without use, or 2 days after you signed in/);
  });

  it('are all used, and none is missing', () => {
    // Each word carries its key through the pages; a missing key throws.
    const marked = createRenderer({
      catalogues: { en: mapLeaves(english, (key, word) => `⟦${key}⟧${word}`) },
    });
    const html = [
      ...examples.map(({ page, model, context }) => marked(page, model, context)),
      ...stuckExamples.map(({ model }) => marked('support-person', model, visitor)),
    ].join('');
    const used = new Set([...html.matchAll(/⟦(.+?)⟧/g)].map((match) => match[1]));
    const unused = leaves(english)
      .map(([key]) => key)
      .filter((key) => !key.startsWith('errors.') && !used.has(key));
    assert.deepEqual(unused, []);
  });

  it('are text, not markup', () => {
    for (const [key, word] of leaves(english)) assert.doesNotMatch(word, /[<>&]/, key);
  });

  it('end an error without a full stop: it is also a link, and a page adds its own', () => {
    for (const [key, word] of leaves(english['errors'] as Catalogue)) assert.doesNotMatch(word, /\.$/, key);
  });

  it('answer every error code without leaving a gap', () => {
    const codes = Object.keys(english['errors'] as Catalogue).filter((code) => !/_(one|other)$/.test(code));
    const values = { line: 2, most: 10, column: 'team', columns: 'email' };
    for (const code of codes) {
      const errors = [
        { field: 'code', code, values: { ...values, triesLeft: 2, minutes: 3 } },
        // A count may be unknown.
        { code, values },
      ];
      const model = {
        lastDigits: '123',
        purpose: 'sign-in',
        delivery: 'sent',
        expiresAt: new Date(),
        triesLeft: 2,
      } as const;
      const items = load(render('two-step', model, { ...visitor, errors }))('.govuk-error-summary li');
      items.each((_, item) => assert.doesNotMatch(load(item).text(), /\{\{|undefined/));
      render('error', { status: 400, code }, visitor);
    }
    assert.ok(codes.length >= 38);
  });

  it('fall back to English, tagged as English, and follow the direction of a language that has words', () => {
    const { page, model, context } = examples[0] as Example;
    const translated = createRenderer({ catalogues: { en: english, ar: { home: { title: 'مرحبا' } } } });
    const german = load(translated(page, model, { ...context, locale: 'de-DE' }));
    assert.equal(german('html').attr('lang'), 'en-GB');
    const arabic = load(translated(page, model, { ...context, locale: 'ar-AE' }));
    assert.deepEqual([arabic('html').attr('lang'), arabic('html').attr('dir')], ['ar', 'rtl']);
    assert.equal(arabic('h1').text(), 'مرحبا');
  });
});
