import type { Onboarding } from '../../store/facts.js';
import type { FieldError } from '../views/models.js';

/** Six digits as people type them: spaces and hyphens do not count. `missing`: the error where there is nothing. */
export function readSixDigits(
  typed: string,
  { missing }: { missing: string },
): { code: string } | { refusal: string } {
  const code = typed.replaceAll(/[\s-]/g, '');
  if (code === '') return { refusal: missing };
  return /^[0-9]{6}$/.test(code) ? { code } : { refusal: 'code-format' };
}

/** Too many wrong ones in a row, whatever they were from. Locks grow: a long one is told in hours or days, never too short. */
export function lockedError({ lockedUntil }: Onboarding, at: Date): FieldError {
  const minutes = lockedUntil ? Math.ceil((lockedUntil.getTime() - at.getTime()) / 60_000) : 60;
  if (minutes <= 120) return { field: 'code', code: 'code-locked', values: { minutes } };
  const hours = Math.ceil(minutes / 60);
  if (hours <= 48) return { field: 'code', code: 'code-locked-hours', values: { hours } };
  return { field: 'code', code: 'code-locked-days', values: { days: Math.ceil(hours / 24) } };
}
