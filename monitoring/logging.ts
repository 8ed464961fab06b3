import { type DestinationStream, type Logger, pino } from 'pino';

/** Nobody logs these; where somebody does by mistake one day, the line goes without them. */
const PERSONAL = [
  'email',
  'firstName',
  'lastName',
  'phone',
  'number',
  'to',
  'password',
  'passwordHash',
  'token',
  'cookie',
  'authorization',
  'headers',
  'body',
  'url',
];

/** JSON lines. `about` adds what is known of the work in hand to each of them. */
export function createLog({
  name,
  level,
  to,
  about,
}: {
  name: string;
  level: string;
  to?: DestinationStream;
  about?: () => object;
}): Logger {
  const options = {
    name,
    level,
    redact: { paths: [...PERSONAL, ...PERSONAL.map((each) => `*.${each}`)], remove: true },
    ...(about && { mixin: about }),
  };
  return to ? pino(options, to) : pino(options);
}

/** Where it happened, without the message: that may quote what was sent. */
export function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return typeof error;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return [error.name, ...frames].join('\n');
}
