import type { FieldError, PageModels } from './models.js';
import type { Words } from './words.js';

/** The words for one error. A code without words is answered in general terms rather than with another failure. */
export function errorText({ words, error }: { words: Words; error: FieldError }): string {
  const values = error.values ?? {};
  const count = values['triesLeft'] ?? values['minutes'] ?? values['hours'] ?? values['days'];
  const key = words.has(`errors.${error.code}`) ? error.code : 'bad-request';
  return words.t(`errors.${key}`, count === undefined ? values : { ...values, count: Number(count) });
}

/** Code whose page to show: its own, else the nearest general one for its status. */
export function problemOf({ words, model }: { words: Words; model: PageModels['error'] }): string {
  if (words.has(`problems.${model.code}.title`)) return model.code;
  if (model.status >= 500) return 'internal';
  if (model.status === 404) return 'not-found';
  return 'bad-request';
}
