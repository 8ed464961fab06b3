import { readFileSync } from 'node:fs';
import { isSupportedCountry } from 'libphonenumber-js/max';
import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { DEFAULT_POLICY, type Policy } from '../store/policy.js';
import { isSample, readLegalTexts } from './legal-texts.js';
import { BRANDED, faultsOfBoth, isEncrypted, unset } from './production.js';

/** The brand where none is set, and in api/assets/pictures, which `npm run demo -- --pictures api/assets/pictures` takes. */
export const SAMPLE_BRAND = 'Huma';

/** Environment in, frozen settings out. Only the entry points (`main.ts`) call this; all else is handed what it needs. */
class ConfigError extends Error {
  override name = 'ConfigError';
}

const origin = z
  .url({ protocol: /^https?$/ })
  .transform((value) => new URL(value))
  .refine(
    (url) => url.pathname === '/' && !url.search && !url.hash && !url.username,
    'must be an origin, without a path',
  )
  .transform((url) => url.origin);

const duration = z.string().transform((text, context) => {
  // A number alone would be milliseconds, and 24 of them no window at all.
  const value = /^\d.*[a-z]$/i.test(text) ? ms(text as StringValue) : undefined;
  if (value !== undefined && value > 0) return value;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 24h, 10m or 30s' });
  return z.NEVER;
});

const base64 = z.base64();

/** Base64 keys of at least 32 bytes, the newest first. */
const secretKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map((key) => key.trim());
  const bytes = keys.map((key) => Buffer.from(key, 'base64'));
  // Node decodes anything: a phrase would become a key shorter than it looks.
  if (keys.every((key) => base64.safeParse(key).success) && bytes.every(({ length }) => length >= 32)) {
    return bytes;
  }
  context.addIssue({
    code: 'custom',
    message: 'must be a list of base64 keys of at least 32 bytes each, comma-separated',
  });
  return z.NEVER;
});

const countries = z
  .string()
  .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, 'must be a list of country codes such as GB,IE')
  .transform((text) => text.split(','))
  .refine(
    (codes) => codes.every((code) => isSupportedCountry(code)),
    'must be countries, such as GB for the United Kingdom',
  )
  .transform((codes) => codes as unknown as Policy['textCountries']);

const shared = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  MONGODB_URI: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
  SECRET_KEYS: secretKeys,
  PUBLIC_URL: origin.default('http://localhost:3000'),
  BRAND_NAME: z.string().min(1).max(40).default(SAMPLE_BRAND),
  SUPPORT_EMAIL: z.email().default('support@huma.com'),
  INVITE_EXPIRY: duration.optional(),
  VERIFY_WINDOW: duration.optional(),
  BLOCK_GRACE: duration.optional(),
  CODE_LIFETIME: duration.optional(),
  RESEND_COOLDOWN: duration.optional(),
  CHAT_MAIL_AFTER: duration.optional(),
  SESSION_IDLE: duration.optional(),
  SESSION_ABSOLUTE: duration.optional(),
  RETAIN_ENDED: duration.optional(),
  RETAIN_MESSAGES: duration.optional(),
  RETAIN_CONVERSATIONS: duration.optional(),
  TEXT_COUNTRIES: countries.optional(),
  HOME_COUNTRY: countries.optional(),
  PLIVO_AUTH_TOKEN: z.string().min(1),
  /** Where `/metrics` and `/healthz` are, for whoever watches; absent: nowhere. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  /** Collector of traces, OTLP over HTTP; absent: no traces. Headers for it are read from OTEL_EXPORTER_OTLP_HEADERS by its client. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
};

const api = z.object({
  ...shared,
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  /** Number of proxies in front, or their addresses. */
  TRUST_PROXY: z
    .string()
    .default('off')
    .transform((text) => (text === 'off' ? false : /^\d+$/.test(text) ? Number(text) : text)),
  PORTAL_URL: z.url({ protocol: /^https?$/ }).default('https://portal.example.org'),
  LEGAL_TEXTS_FILE: z.string().optional(),
  /** Where support opens a workflow in Temporal's own pages. */
  TEMPORAL_UI_URL: origin.optional(),
  DEMO_API_KEY: z.string().min(24).optional(),
});

const worker = z.object({
  ...shared,
  SMTP_URL: z.string().regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://'),
  MAIL_FROM: z.string().min(3),
  PLIVO_AUTH_ID: z.string().min(1),
  PLIVO_SENDER: z.string().min(1),
  PLIVO_API_URL: origin.default('https://api.plivo.com'),
  SWEEP_SECONDS: z.coerce.number().int().min(1).max(600).default(30),
  RETENTION_EVERY: duration.default(24 * 3_600_000),
});

/** The terminal mails and texts nothing itself, and opens no link or session: it is handed no such secret. */
const admin = z.object(shared).omit({
  SECRET_KEYS: true,
  PLIVO_AUTH_TOKEN: true,
  PUBLIC_URL: true,
  METRICS_PORT: true,
  OTEL_EXPORTER_OTLP_ENDPOINT: true,
  METRICS_HOST: true,
});

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError that names every missing or wrong setting (and no value). */
export function readApiConfig(environment: Environment) {
  const settings = parse(api, environment);
  const legalTexts = readLegalTexts(settings.LEGAL_TEXTS_FILE);
  if (settings.NODE_ENV === 'production') {
    refuse([
      ...faultsOfBoth(settings, environment),
      ...unset(['PORTAL_URL'], environment),
      ...(isSample(legalTexts) ? ['LEGAL_TEXTS_FILE: production needs legal texts of your own'] : []),
      ...(settings.DEMO_API_KEY ? ['DEMO_API_KEY: only for local use'] : []),
    ]);
  }
  return Object.freeze({ ...settings, legalTexts, policy: policyOf(settings) });
}

/** @throws ConfigError that names every missing or wrong setting (and no value). */
export function readWorkerConfig(environment: Environment) {
  const settings = parse(worker, environment);
  if (settings.NODE_ENV === 'production') {
    refuse([
      ...faultsOfBoth(settings, environment),
      ...(isEncrypted(settings.SMTP_URL) ? [] : ['SMTP_URL: production needs smtps:// or ?requireTLS=true']),
      ...(settings.PLIVO_API_URL.startsWith('https:') ? [] : ['PLIVO_API_URL: production needs https']),
    ]);
  }
  return Object.freeze({ ...settings, policy: policyOf(settings) });
}

/** @throws ConfigError that names every missing or wrong setting (and no value). */
export function readAdminConfig(environment: Environment) {
  const settings = parse(admin, environment);
  if (settings.NODE_ENV === 'production') refuse(unset(BRANDED, environment));
  return Object.freeze({ ...settings, policy: policyOf(settings) });
}

function refuse(faults: string[]): void {
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
}

function policyOf(settings: z.output<typeof admin>): Policy {
  const overrides = {
    inviteExpiry: settings.INVITE_EXPIRY,
    verifyWindow: settings.VERIFY_WINDOW,
    blockGrace: settings.BLOCK_GRACE,
    codeLifetime: settings.CODE_LIFETIME,
    resendCooldown: settings.RESEND_COOLDOWN,
    chatMailAfter: settings.CHAT_MAIL_AFTER,
    sessionIdle: settings.SESSION_IDLE,
    sessionAbsolute: settings.SESSION_ABSOLUTE,
    retainEnded: settings.RETAIN_ENDED,
    retainMessages: settings.RETAIN_MESSAGES,
    retainConversations: settings.RETAIN_CONVERSATIONS,
    textCountries: settings.TEXT_COUNTRIES,
    homeCountry: settings.HOME_COUNTRY?.[0],
  };
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...DEFAULT_POLICY, ...Object.fromEntries(given) });
}

function parse<S extends z.ZodObject>(schema: S, environment: Environment): z.output<S> {
  const values = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, environment[name] || fromFile(name, environment)]),
  );
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return values[name] === undefined ? `${name}: is missing` : `${name}: ${message}`;
  });
  throw new ConfigError(faults.join('\n'));
}

/** `NAME_FILE` names a file that holds the value of `NAME`, as container platforms hand over secrets. */
function fromFile(name: string, environment: Environment): string | undefined {
  const path = environment[`${name}_FILE`];
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new ConfigError(`${name}_FILE: cannot be read`);
  }
}
