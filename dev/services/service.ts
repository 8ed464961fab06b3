import type { Report } from '../supervisor.js';
import type { SourceName } from './sources.js';

export interface ServiceOptions {
  /** Holds the data, the logs and the record of the chosen source. */
  dataDir: string;
  /** Free port unless given. The same one, with the same folder, continues what was there. */
  port?: number;
  /** Where fetched programs are kept; the project's `.data/tools` unless given. */
  toolsDir?: string;
  /** PATH is searched in it, and the program runs with it. */
  env: NodeJS.ProcessEnv;
  /** Start it again when it dies unasked. */
  restart?: boolean;
  /** Receives lines for the user: what is being fetched, where a program came from. */
  report: Report;
}

export interface Service {
  readonly name: string;
  readonly source: SourceName;
  /** Undefined where nothing was started or nothing runs now. */
  readonly pid: number | undefined;
  /** Ends it in good order; a given service is left alone. */
  stop(): Promise<void>;
  /** Kills it, as a crash would; a given service is left alone. */
  kill(): Promise<void>;
}

/** What stands for a service that runs elsewhere. */
export function givenService(name: string): Service {
  return { name, source: 'given', pid: undefined, stop: async () => {}, kill: async () => {} };
}
