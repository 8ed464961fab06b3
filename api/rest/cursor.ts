import type { Onboarding } from '../../store/facts.js';
import { DomainError } from '../errors.js';

type Place = Pick<Onboarding, '_id' | 'createdAt'>;

const CURSOR = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A place in the list, not a number of rows: what comes in before it moves nothing. */
export const cursorOf = ({ _id, createdAt }: Place): string =>
  Buffer.from(`${createdAt.getTime()}.${_id}`).toString('base64url');

/** @throws DomainError `bad-request` where it was not made by `cursorOf`. */
export function placeOf(cursor: string): Place {
  const [, time = '', _id = ''] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const place = { _id, createdAt: new Date(Number(time)) };
  if (_id === '' || cursorOf(place) !== cursor) {
    throw new DomainError('bad-request', { field: 'cursor', detail: 'cursor: not one that a page gave' });
  }
  return place;
}
