import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

/** Some ten minutes of a database step's tries; those of a mail or text are further apart. */
const LAST_TRY = 25;

/**
 * What a workflow is about. Where the database does not have it the try fails, and another one is made for a while: a worker
 * that was pointed at a wrong database, or at one that is just being restored, must not end every workflow that looks.
 */
export function present<T>(document: T | null | undefined, id: string): T {
  if (document) return document;
  throw ApplicationFailure.create({
    message: `Not in the database: ${id}`,
    type: 'not-found',
    nonRetryable: activityInfo().attempt >= LAST_TRY,
  });
}
