import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Words belong into api/words/, where they can be translated. These look for words left anywhere else. */
const api = fileURLToPath(new URL('../../../api/', import.meta.url));

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(api + folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => `${folder}/${file}`);
}

const read = (file: string) => readFileSync(api + file, 'utf8');

/** Attributes that people see or hear. */
const SPOKEN = /\b(?:title|alt|placeholder|label|aria-label|aria-description)="([^"]*)"/g;
const EXPRESSION = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
/** In an expression a text is a key, a name, a path or a list of classes; none of these begins with a capital. */
const TEXT = /"([^"]*)"|'([^']*)'/g;

function strayInTemplate(source: string): string[] {
  const template = source.replaceAll(/\{#[\s\S]*?#\}/g, '');
  const printed = template.replaceAll(EXPRESSION, '\u0000');
  const between = printed.replaceAll(/<[^>]*>/g, '\u0000').split('\u0000');
  const spoken = [...printed.matchAll(SPOKEN)].map(([, text = '']) => text);
  const expressions = [...template.matchAll(EXPRESSION)].flatMap(([expression]) =>
    [...expression.matchAll(TEXT)].map(([, double, single]) => double ?? single ?? ''),
  );
  return [
    ...[...between, ...spoken].filter((text) => /\p{L}/u.test(text)),
    ...expressions.filter((text) => /^\p{Lu}|[!?]$|[^\x20-\x7e]/u.test(text) || isPhrase(text)),
  ].map((text) => text.trim());
}

/** Several words none of which could be a class name. */
const isPhrase = (text: string) =>
  / /.test(text.trim()) && !/^(?:[a-z0-9_]+-[a-z0-9_-]+ ?)+$/.test(text.trim());

/** What only logs and API callers read. */
const NOT_SHOWN = /(?:new Error\(|detail: |log\.\w+\([^']*)$/;

function strayInCode(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|^import .*$/gm, '');
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)]
    .filter(({ index }) => !NOT_SHOWN.test(code.slice(0, index)))
    .map(([, plain, template]) => plain ?? template?.replaceAll(/\$\{[^}]*\}/g, '') ?? '')
    .filter((text) => /\p{L}+[,:]? +\p{L}+/u.test(text) || /^\p{Lu}\p{Ll}+[.!?]?$/u.test(text));
}

describe('words', () => {
  for (const file of filesIn('views', '.njk')) {
    it(`come from the catalogue: ${file}`, () => assert.deepEqual(strayInTemplate(read(file)), []));
  }

  for (const file of filesIn('web', '.ts')) {
    it(`stay out of the code: ${file}`, () => assert.deepEqual(strayInCode(read(file)), []));
  }

  it('are found where they do not belong', () => {
    for (const stray of [
      '<p>Hello</p>',
      '<p>{{ name }} joined</p>',
      '<img alt="A photo">',
      '{{ govukButton({ text: "Sign out" }) }}',
      "{{ t('a.key') or 'not yet' }}",
      '{{ "مرحبا" }}',
    ]) {
      assert.equal(strayInTemplate(stray).length, 1, stray);
    }
    for (const stray of ["send('Please wait')", 'send(`Hello, you are in`)', "title: 'Welcome!'"]) {
      assert.equal(strayInCode(stray).length, 1, stray);
    }
    const sound =
      '{{ govukButton({ text: t("a.b"), classes: "app-x govuk-y--z" }) }} {# Say why #}<b class="a">–</b>';
    assert.deepEqual(strayInTemplate(sound), []);
    assert.deepEqual(strayInCode("throw new Error('This page needs a guard'); // it's 'not shown here'"), []);
  });
});
