import { readLine } from '../../store/lines.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import { cursorOf, placeOf } from './cursor.js';
import { type Served, serve } from './operation.js';
import { listInvitations } from './operations.js';
import { representationOf } from './representation.js';

const MOST_WORDS = 8;

export const listing = ({ store }: Pick<Services, 'store'>): Served =>
  serve(listInvitations, async ({ key, at, query: { stage, q, cursor, limit } }) => {
    const found = await store.onboardings.search(
      { teamId: key.teamId, text: textOf(q ?? ''), ...(stage !== undefined && { stage }) },
      { at, limit: limit + 1, ...(cursor !== undefined && { after: placeOf(cursor) }) },
    );
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      status: 200,
      body: {
        items: items.map((each) => representationOf(each, at)),
        ...(found.length > limit && last && { nextCursor: cursorOf(last) }),
      },
    };
  });

function textOf(q: string): string {
  const read = readLine(q, 100);
  const words = 'line' in read ? read.line.split(' ').filter(Boolean) : undefined;
  if (!words || words.length > MOST_WORDS) {
    throw new DomainError('bad-request', {
      field: 'q',
      detail: `q: one line of at most ${MOST_WORDS} words`,
    });
  }
  return words.join(' ');
}
