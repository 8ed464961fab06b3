/** How often each thing is done: enough for medians, few enough for a run of some five minutes on two cores. */
export const COUNTS = {
  /** People at once in a journey's throughput; requests at once in that of invitations. */
  people: 8,
  requests: 16,
  /** Journeys before anything is measured, until the compilers have settled. */
  warmUp: 24,
  /** One after another, then signing in again. */
  journeysAlone: 12,
  journeyPairs: 5,
  journeysAPair: 16,
  bareAPair: 24,
  invitePairsWithWorker: 3,
  invitesWithWorker: 64,
  invitePairsWithoutWorker: 5,
  invitesWithoutWorker: 160,
  /** Milliseconds for the workers to work off a part; what is later than that is counted and left behind. */
  longestArrears: 20_000,
  viewsOfAPage: 60,
  /** Limits allow 300 attempts from one network address in 15 minutes. */
  signInPairs: 60,
  hashes: 10,
  waiting: 1_000,
  looksAtAList: 10,
  deadlines: 50,
  deadlinePairs: 3,
  laterStarts: 3,
} as const;
