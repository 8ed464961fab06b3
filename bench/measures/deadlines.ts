import { setTimeout as delay } from 'node:timers/promises';
import { rateOf } from '../at-once.js';
import { startBareDeadline } from '../bare/client.js';
import type { BareWorker } from '../bare/worker.js';
import { byHand, until } from '../by-hand.js';
import { COUNTS } from '../counts.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { median } from '../statistics.js';
import { rate, ratio, seconds, table } from '../table.js';

/** Milliseconds for each workflow to come to its timer, whose instant is set before. */
const ROOM = { onboarding: 200, bare: 40, always: 5_000 };
const MARGIN = 1_000;

/** Many deadlines due at one instant, against as many bare timers; in turns. */
export async function deadlinesSection(
  setting: Setting,
  worker: BareWorker,
  { times, pairs }: { times: number; pairs: number },
): Promise<Section> {
  const blocks: number[] = [];
  const timers: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    timers.push(await ringTimers(setting, worker, times));
    blocks.push(await block(setting, times));
  }
  const row = (name: string, took: number[]) => [
    name,
    seconds(median(took)),
    rate((times * 1_000) / median(took)),
  ];
  const ratios = blocks.map((each, pair) => (timers[pair] ?? 0) / each);
  return {
    title: `8. ${times} deadlines due at one instant against as many bare timers`,
    table: table(
      ['', 'until the last, s', 'a second'],
      [
        row('bare timers: the last has rung', timers),
        row('accounts: the last is blocked', blocks),
        ['ratio of rates, median pair', ratio(median(ratios)), ''],
        ['  lowest pair', ratio(Math.min(...ratios)), ''],
        ['  highest pair', ratio(Math.max(...ratios)), ''],
      ],
    ),
    notes: [
      `${pairs} pairs in turns. From the instant; everything waits at its timer before it. A bare timer is followed by one local activity that`,
      'does nothing. A block is decided in the database, ends the sessions, changes the search attribute and has a mail sent; the mails',
      'are not waited for. The accounts count as blocked from the deadline on, whenever the block is written.',
    ],
  };
}

/** @returns milliseconds from the instant until the last has rung. */
function ringTimers({ client }: Setting, worker: BareWorker, times: number): Promise<number> {
  return atOneInstant(ROOM.always + times * ROOM.bare, async (at) => {
    const before = worker.rung();
    await rateOf({ times, atOnce: COUNTS.requests, work: () => startBareDeadline(client, at) });
    return async () => worker.rung() - before >= times;
  });
}

/** @returns milliseconds from the instant until no account of them is written as verifying any more. */
function block(setting: Setting, times: number): Promise<number> {
  return byHand(setting, async ({ store, verifying, mailsTo }) => {
    let all = new Set<string>();
    const took = await atOneInstant(ROOM.always + times * ROOM.onboarding, async (dueAt) => {
      const { teamId, emails } = await verifying(times, dueAt);
      all = emails;
      // To each the link and, its 24 hours being almost over, the reminder: then its workflow waits for nothing but the deadline.
      await until(async () => mailsTo(emails) >= 2 * times || new Date() > dueAt);
      const search = { teamId, stage: 'verifying' } as const;
      return async () => (await store.onboardings.search(search, { at: new Date(0), limit: 1 })).length === 0;
    });
    // Of the block a mail too: the next part is not measured on the arrears of this one.
    await until(async () => mailsTo(all) >= 3 * times);
    return took;
  });
}

/**
 * Has everything wait for an instant, at first `room` milliseconds away, and later where that was too soon.
 * @returns milliseconds from the instant until it is over
 */
async function atOneInstant(
  room: number,
  prepare: (at: Date) => Promise<() => Promise<boolean>>,
): Promise<number> {
  const at = new Date(Date.now() + room);
  const isOver = await prepare(at);
  const ahead = at.getTime() - Date.now();
  if (ahead > MARGIN) await delay(ahead);
  await until(isOver);
  return ahead > MARGIN ? Date.now() - at.getTime() : atOneInstant(2 * room, prepare);
}
