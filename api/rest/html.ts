import { escapeHtml } from '../views/markup.js';

/** HTML whose values were escaped as they were put in. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = string | number | Html | undefined | false | readonly Value[];

/** Template tag: what is put in is text, unless it was made by this tag. Lists are joined; undefined and false are nothing. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(parts.reduce((made, part, n) => made + printed(values[n - 1]) + part, ''));

function printed(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'string' || typeof value === 'number'
    ? escapeHtml(String(value))
    : value.map(printed).join('');
}
