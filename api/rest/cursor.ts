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
  if (_id === '' || cursorOf(place) !== cursor) throw notACursor();
  return place;
}

const ROW = /^row\.([1-9]\d{0,4})$/;

/** A place among the rows of a batch. */
export const cursorOfRow = (row: number): string => Buffer.from(`row.${row}`).toString('base64url');

/** @throws DomainError `bad-request` where it was not made by `cursorOfRow`. */
export function rowOfCursor(cursor: string): number {
  const [, digits] = ROW.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const row = Number(digits);
  if (!digits || cursorOfRow(row) !== cursor) throw notACursor();
  return row;
}

const notACursor = () =>
  new DomainError('bad-request', { field: 'cursor', detail: 'cursor: not one that a page gave' });
