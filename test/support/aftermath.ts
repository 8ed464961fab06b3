import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { openStore } from '../../store/open.js';
import { DEFAULT_POLICY } from '../../store/policy.js';
import { later } from '../../store/steps.js';
import { createGateway } from '../../workflows/client/gateway.js';
import { eventually } from './eventually.js';
import type { LocalWorld } from './local.js';
import { doctorFindings } from './terminal.js';
import type { World } from './world.js';

/** After so long `doctor` takes nothing for being still on its way, and a texted code still counts. */
const A_WHILE = 7 * 60_000;
const MOST_ROUNDS = 20;

/**
 * How the tests of a fault end: a while later the sweeper has been round, and each open onboarding agrees with its workflow,
 * its messages and its trail.
 * @param meant what the fault cannot but leave, `<onboarding id> <problem>` each, without what the doctor says of it
 */
export async function assertNothingLeft(world: World, meant: readonly string[] = []): Promise<void> {
  const expected = [...meant].sort();
  let found: string[] = [];
  world.advance(A_WHILE);
  // What a round sets going may end after it, and is left to the next.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await world.sweep();
    found = (await doctorFindings(world)).sort();
    if (isDeepStrictEqual(found.map(problemOf), expected)) return;
  }
  assert.deepEqual(found, expected);
}

const problemOf = (finding: string): string => finding.split(' ').slice(0, 2).join(' ');

/** The same of real processes, whose own sweeper goes round. */
export async function assertNothingLeftLocally({ mongodb, temporal }: LocalWorld): Promise<void> {
  const store = await openStore({ uri: mongodb.uri, policy: DEFAULT_POLICY });
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const now = () => later(new Date(), A_WHILE);
    await eventually('the sweeper has been round', async () => {
      const waiting = [await store.onboardings.unfiled(1), await store.onboardings.untold(now(), 1)];
      return waiting.every(({ length }) => length === 0);
    });
    const namespace = process.env['TEMPORAL_NAMESPACE'] ?? 'default';
    const gateway = createGateway(new Client({ connection, namespace }));
    assert.deepEqual(await doctorFindings({ store, policy: DEFAULT_POLICY, gateway, now }), []);
  } finally {
    await connection.close();
    await store.close();
  }
}
