/** E11000: a unique key is taken. The local stand-in does not name the key, so nobody reads it. */
export const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 11000;

/** For what is inserted in one write and may stand there already: the error names every document that was refused. */
export function unlessAllDuplicate(error: unknown): void {
  const { writeErrors } = error as { writeErrors?: unknown };
  const each = Array.isArray(writeErrors) && writeErrors.length > 0 ? writeErrors : [error];
  if (!each.every(isDuplicate)) throw error;
}
