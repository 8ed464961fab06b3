import type { Inviter } from '../api/inviting.js';
import { readName } from '../store/lines.js';
import type { Store } from '../store/open.js';
import type { Policy } from '../store/policy.js';
import type { Gateway } from '../workflows/client/gateway.js';

/** What the commands work with; `main.ts` composes it. */
export interface AdminServices {
  store: Store;
  policy: Policy;
  gateway: Pick<Gateway, 'seen' | 'seenBatch' | 'restartBatch' | 'live' | 'endedAt' | 'nudge'>;
  invite: Inviter;
  clock: () => Date;
  brandName: string;
}

/** Prints a line. */
export type Say = (line: string) => void;

/** A command: takes what stands behind its name, and answers with the exit code. */
export interface Command {
  help: string;
  run(services: AdminServices, args: readonly string[], say: Say): Promise<number>;
}

/** Wrong or missing arguments: the message and the help are printed, the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The value of an option that must be there. */
export function required(values: Partial<Record<string, unknown>>, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value.trim() === '') throw new UsageError(`--${name} is missing`);
  return value;
}

/** A name that stands in mails to others, in its canonical form. */
export function nameFrom(values: Partial<Record<string, unknown>>, option: string): string {
  const read = readName(required(values, option));
  if ('line' in read) return read.line;
  throw new UsageError(`--${option} must be a short line of plain text, without a web address`);
}
