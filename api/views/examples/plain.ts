import { type Example, example, paragraphs, visitor } from './example.js';

const problems: [number, string][] = [
  [400, 'bad-request'],
  [403, 'form-stale'],
  [403, 'disclaimer-not-accepted'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [409, 'form-for-other-invitation'],
  [409, 'cannot-invite'],
  [410, 'invitation-expired'],
  [413, 'body-too-large'],
  [415, 'unsupported-media-type'],
  [429, 'text-limit-reached'],
  [429, 'code-locked'],
  [500, 'internal'],
  [503, 'unavailable'],
];

/** For everybody: what explains, and what went wrong. */
export const plain: Example[] = [
  example('to a visitor', 'home', {}),
  example('to a visitor', 'help', { portalUrl: 'https://portal.example/', pictures: true }),
  example('under another brand, without pictures', 'help', {
    portalUrl: 'https://portal.example/',
    pictures: false,
  }),
  example('final', 'terms', { version: '3', paragraphs }),
  example('sample', 'terms', { version: '3', paragraphs }, { ...visitor, legalTextsAreFinal: false }),
  example('final', 'privacy', { version: '2', paragraphs }),
  example('to a visitor', 'cookies', {
    sessionIdle: { length: 30, unit: 'minute' },
    sessionAbsolute: { length: 12, unit: 'hour' },
  }),
  example('to a visitor', 'accessibility', {}),
  ...problems.map(([status, problem]) => example(problem, 'error', { status, code: problem })),
  example('too-many-requests', 'error', { status: 429, code: 'too-many-requests', retryAfterSeconds: 600 }),
  example('busy', 'error', { status: 503, code: 'busy', retryAfterSeconds: 60 }),
  example('a code that only forms know', 'error', { status: 400, code: 'email-invalid' }),
  example('a code without words', 'error', { status: 500, code: 'never-heard-of' }),
];
