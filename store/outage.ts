import mongoose from 'mongoose';

const { MongoError, MongoNetworkError, MongoServerSelectionError } = mongoose.mongo;

/**
 * Whether an operation failed because the database was away, out of reach or changing its primary: the same one may well
 * succeed in a moment. Whether a write was carried out before its answer was lost cannot be told from it.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  // Set by the driver on what a primary that steps down or a server that shuts down answers.
  return error instanceof MongoError && error.hasErrorLabel('RetryableWriteError');
}
