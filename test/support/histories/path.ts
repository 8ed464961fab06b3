import type { startWorld, World } from '../world.js';

/** Saves the history of a workflow under a name: of one run of several, or of the last. */
export type Save = (name: string, workflowId: string, runId?: string) => Promise<void>;

/** A way through the workflows, walked once in a world of its own so that its history can be kept. */
export interface Path {
  /** Names of its histories, where that is not the path's own. */
  saves?: readonly string[];
  /** What its world has that the others have not. */
  world?: NonNullable<Parameters<typeof startWorld>[0]>;
  /** It needs a real Temporal, which skips no time but has all of the events; with these settings. */
  temporal?: Record<string, number>;
  walk(world: World, save: Save): Promise<void>;
}

export type Paths = Record<string, Path>;
