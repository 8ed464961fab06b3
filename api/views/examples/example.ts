import type { FieldError, PageContext, PageModels, PageName } from '../models.js';

/** One page in one state, for the gallery and the tests. */
export type Example = {
  [Name in PageName]: { name: string; page: Name; model: PageModels[Name]; context: PageContext };
}[PageName];

/** Names that break careless pages: long, accented, right to left, hostile. */
export const hardNames = [
  'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Aurelia-Konstantina Maximiliane',
  'Željko Ångström-Nuñez ß',
  'أميرة حداد',
  '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  "{{ 7 * 7 }} {% raw %} $t(errors.internal) '%time% &amp; O'Brien",
];

/** When all of them are looked at. */
export const at = new Date('2026-11-25T14:05:00Z');
export const paragraphs = [
  'This service helps clinicians to join their team. It does not give medical advice.',
  'Decisions about a patient remain with the clinicians who look after them.',
];

export const visitor: PageContext = {
  path: '/two-step',
  csrfToken: 'example-token',
  errors: [],
  locale: 'en',
  timeZone: 'Europe/London',
  brandName: 'Huma',
  verifyWindow: { length: 24, unit: 'hour' },
  supportEmail: 'support@huma.com',
  legalTextsAreFinal: true,
};
const session = { secondsLeft: 1800, warningSeconds: 120 };
export const enrolling: PageContext = { ...visitor, enrolling: true, session };
export const member: PageContext = { ...visitor, person: { name: 'Amira Haddad' }, session };

export function example<Name extends PageName>(
  name: string,
  page: Name,
  model: PageModels[Name],
  context: PageContext = visitor,
): Example {
  return { name: `${page}: ${name}`, page, model, context } as Example;
}

export const failing = (context: PageContext, ...errors: FieldError[]): PageContext => ({
  ...context,
  errors,
});
