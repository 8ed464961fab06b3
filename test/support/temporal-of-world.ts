import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalService } from '../../dev/services/temporal.js';
import { timeSkippingServerPath } from '../../dev/services/time-skipping.js';
import { nudgeTracing } from '../../monitoring/temporal-tracing.js';
import type { Tracing } from '../../monitoring/tracing.js';
import type { Network } from './network.js';
import { sharedTemporal } from './shared-services.js';

interface TemporalOfWorld {
  client: Client;
  connection: NativeConnection;
  /** @returns Temporal's time afterwards, in milliseconds since the epoch. */
  pass?: (milliseconds: number) => Promise<number>;
  close(): Promise<void>;
}

const interceptorsOf = (tracing: Tracing | undefined) =>
  tracing ? { interceptors: { workflow: [nudgeTracing(tracing)] } } : {};

export async function realTemporal(
  tracing: Tracing | undefined,
  temporal: Pick<TemporalService, 'address'> | undefined,
): Promise<TemporalOfWorld> {
  const { address } = temporal ?? (await sharedTemporal());
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  return {
    client: new Client({ connection: clientConnection, ...interceptorsOf(tracing) }),
    connection,
    async close() {
      await clientConnection.close();
      await connection.close();
    },
  };
}

export async function doorsToTemporal(
  via: Network['via'],
): Promise<{ client: Client; close(): Promise<void> }> {
  const { address } = await sharedTemporal();
  // Lazy and in the clear, as the api has it.
  const connection = Connection.lazy({
    address: (await rerouted(`tcp://${address}`, (port) => via('temporal', port))).slice('tcp://'.length),
  });
  return { client: new Client({ connection }), close: () => connection.close() };
}

/** The same address with another port. */
export async function rerouted(address: string, to: (port: number) => Promise<number>): Promise<string> {
  const url = new URL(address);
  url.port = String(await to(Number(url.port)));
  return url.href.replace(/\/$/, '');
}

export async function skippingTemporal(tracing: Tracing | undefined): Promise<TemporalOfWorld> {
  const path = await timeSkippingServerPath({ env: process.env, report: () => {} });
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    ...(path && { server: { executable: { type: 'existing-path', path } } }),
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.client.options.namespace,
    searchAttributes: { TeamId: 2, Stage: 2 },
  });
  return {
    // Not the environment's own client: awaiting a result with that one skips time, as far as years.
    client: new Client({ connection: environment.connection, ...interceptorsOf(tracing) }),
    connection: environment.nativeConnection,
    async pass(milliseconds) {
      await environment.sleep(milliseconds);
      return environment.currentTimeMs();
    },
    close: () => environment.teardown(),
  };
}
