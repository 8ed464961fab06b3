import type { BatchRow } from '../store/batches.js';
import { canonicalRequest } from '../store/inviting.js';
import { DomainError } from './errors.js';
import { newInvitation } from './rest/schemas.js';

export type ReadRow = Pick<BatchRow, 'row' | 'request' | 'outcome' | 'reason' | 'field'>;

/**
 * Reads the rows of a batch, each on its own: one that is wrong is refused and holds up no other.
 * @throws DomainError `bad-request` where a row has a field that there is not: then the whole is not what the caller thinks it is
 */
export const readRows = (rows: readonly unknown[]): ReadRow[] => rows.map((row, n) => readRow(row, n + 1));

function readRow(value: unknown, row: number): ReadRow {
  const read = newInvitation.safeParse(value);
  if (!read.success) {
    const { issues } = read.error;
    if (issues.some(({ code }) => code === 'unrecognized_keys'))
      throw new DomainError('bad-request', { detail: `row ${row}: an unknown field` });
    const field = issues[0]?.path.join('.');
    const reason = field === 'email' ? 'email-invalid' : 'bad-request';
    return { row, outcome: 'refused', reason, ...(field && { field }) };
  }
  const { firstName, lastName, message, ...rest } = read.data;
  const request = canonicalRequest({
    ...rest,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(message !== undefined && { message }),
  });
  if ('refused' in request) return { row, outcome: 'refused', reason: request.refused, field: request.field };
  return { row, request };
}
