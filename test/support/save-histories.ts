import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startTemporal, type TemporalService } from '../../dev/services/temporal.js';
import { eventually } from './eventually.js';
import { keep } from './histories/keep.js';
import type { Path, Save } from './histories/path.js';
import { PATHS } from './histories/paths/index.js';
import { HISTORIES, savedNames, told } from './histories/saved.js';
import { stopSharedServices } from './shared-services.js';
import { startWorld, type World } from './world.js';

/**
 * `npm run histories` walks the paths whose histories are missing and adds them, so that later versions of the code are replayed
 * against what the present one has done. What is there is left: a history that the present code has just made proves nothing.
 * `npm run histories -- NAME…` walks these paths whatever is there, and adds theirs beside the old ones, as NAME-2.json:
 * for a path on which the code now does something else.
 */
const named = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Without stack traces: they name the folders of whoever saved it. */
const withoutTraces = (key: string, value: unknown) => (key === 'stackTrace' ? undefined : value);

const saveIn =
  (world: World): Save =>
  async (name, workflowId, runId) => {
    const handle = world.client.workflow.getHandle(workflowId, runId);
    const text = await eventually(`${workflowId} has done what it was asked`, async () => {
      const history = JSON.parse(historyToJSON(await handle.fetchHistory()), withoutTraces);
      const json = `${JSON.stringify(history, null, 1)}\n`;
      return !told(name, json).cut && json;
    });
    const kept = await keep({ folder: HISTORIES, name, text, beside: named.length > 0 });
    say(kept ? `${kept}: saved` : `${name}: is there, and was left`);
  };

async function walkIn(
  name: string,
  { world: more = {}, temporal: dynamicConfig, walk }: Path,
): Promise<void> {
  const dataDir = join(tmpdir(), `onboarding-histories-${process.pid}`);
  const temporal: TemporalService | undefined =
    dynamicConfig && (await startTemporal({ dataDir, env: process.env, report: () => {}, dynamicConfig }));
  const world = await startWorld({
    ...(temporal ? { temporal } : { skipsTime: true }),
    ...more,
    policy: { resendCooldown: 1, ...more.policy },
  });
  try {
    await walk(world, saveIn(world));
  } catch (error) {
    // The others can be saved all the same.
    process.exitCode = 1;
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.stack : error}\n`);
  } finally {
    await world.stop();
    await temporal?.stop();
  }
}

const unknown = named.filter((name) => !(name in PATHS));
if (unknown.length > 0) {
  process.stderr.write(
    `No path is named ${unknown.join(', ')}. There are ${Object.keys(PATHS).join(', ')}.\n`,
  );
  process.exit(1);
}
await mkdir(HISTORIES, { recursive: true });
const saved = new Set(savedNames());
for (const [name, path] of Object.entries(PATHS)) {
  const { saves = [name] } = path;
  if (named.length > 0 && !named.includes(name)) continue;
  if (named.length === 0 && saves.every((each) => saved.has(each))) {
    say(`${name}: is there, and was left`);
    continue;
  }
  await walkIn(name, path);
}
await stopSharedServices();
