/** E11000: a unique key is taken. The local stand-in does not name the key, so nobody reads it. */
export const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 11000;
