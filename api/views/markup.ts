import nunjucks from 'nunjucks';

/** Text that is HTML already: Nunjucks prints it as it is. */
export type Markup = nunjucks.runtime.SafeString;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Only for HTML whose parts were escaped one by one. */
export function markup(html: string): Markup {
  return new nunjucks.runtime.SafeString(html);
}

export function escapeUnlessMarkup(value: unknown): string {
  return value instanceof nunjucks.runtime.SafeString ? value.toString() : escapeHtml(String(value));
}
