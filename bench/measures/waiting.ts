import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../../dev/supervisor.js';
import type { sweep } from '../../workflows/index.js';
import { TASK_QUEUES } from '../../workflows/messages.js';
import { byHand, until } from '../by-hand.js';
import { COUNTS } from '../counts.js';
import { send } from '../http.js';
import { memoryOf } from '../proc.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { median } from '../statistics.js';
import { ms, type Row, table } from '../table.js';

/** Until the collectors of garbage have come by. */
const SETTLING = 5_000;

/**
 * What the service holds in memory while invitations wait: `workflows` of them with a workflow that has mailed and waits for an
 * answer, the rest up to `documents` in the database alone.
 */
export async function waitingSection(
  setting: Setting,
  { documents, workflows, report }: { documents: number; workflows: number; report: Report },
): Promise<Section> {
  const rows: Row[] = [];
  const look = async (invitations: number, started: number) => {
    const figures = await row(setting, invitations, started);
    report(`Waiting: ${figures.join(', ')}`);
    rows.push(figures);
  };
  await look(0, 0);
  await byHand(setting, async (hand) => {
    let started = 0;
    for (const many of [500, 1_000, 10_000, 100_000, workflows]) {
      if (many > workflows || many <= started) continue;
      const emails = await hand.invite(many - started);
      started = many;
      await until(async () => hand.mailsTo(emails) >= emails.size);
      await look(started, started);
    }
    let recorded = workflows;
    for (const many of [10_000, documents]) {
      if (many > documents || many <= recorded) continue;
      await hand.record(many - recorded);
      recorded = many;
      await look(recorded, workflows);
    }
  });
  return {
    title: '7. Memory while invitations wait, MiB',
    table: table(
      [
        'invitations',
        'of them with a workflow',
        'api',
        'worker',
        'Temporal',
        'database',
        'list, ms',
        'sweep, ms',
      ],
      rows,
    ),
    notes: [
      'Resident memory. A worker keeps 500 workflows in memory (`maxCachedWorkflows` in worker/workers.ts); those beyond are read again when',
      `something happens to them. List: the first page of the invitations of the team of those with a workflow, through the API, median of`,
      `${COUNTS.looksAtAList}; the others are of teams of a thousand each. Sweep: one round.`,
      'Written and told by the functions that the api does it with; each with a workflow has its mail.',
    ],
  };
}

async function row(setting: Setting, documents: number, workflows: number): Promise<Row> {
  const { service, client } = setting;
  await delay(SETTLING);
  const memory = [service.api, service.worker, service.temporal, service.mongodb].map(({ pid }) =>
    memoryOf(pid),
  );
  const lists: number[] = [];
  let refused: number | undefined;
  for (let look = 0; look < COUNTS.looksAtAList; look++) {
    const { ms: took, status } = await send({
      method: 'GET',
      url: new URL('/api/v1/invitations', setting.url),
      headers: { authorization: `Bearer ${service.demoApiKey}` },
    });
    // Minutes of filling are not thrown away for it: the table has the status then.
    if (status !== 200) refused = status;
    lists.push(took);
  }
  const from = performance.now();
  const aRound = { workflowId: randomUUID(), taskQueue: TASK_QUEUES.onboarding };
  await client.workflow.execute<typeof sweep>('sweep', aRound);
  const swept = performance.now() - from;
  const mib = (bytes: number | undefined) => (bytes === undefined ? '' : Math.round(bytes / 2 ** 20));
  return [documents, workflows, ...memory.map(mib), refused ?? ms(median(lists)), ms(swept)];
}
