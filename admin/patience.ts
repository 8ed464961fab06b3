/** The service mends itself within a minute (SECURITY.md I7); what is older than two it did not. Milliseconds. */
export const MENDED_BY = 120_000;
/** For an answer of Temporal or of a workflow. Milliseconds. */
export const PATIENCE = 5_000;
