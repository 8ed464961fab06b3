import { readFileSync } from 'node:fs';
import { lateOf, rateOf } from '../at-once.js';
import { startBare } from '../bare/client.js';
import { BARE_QUEUE, UNATTENDED_QUEUE } from '../bare/messages.js';
import type { BareWorker } from '../bare/worker.js';
import { COUNTS } from '../counts.js';
import { invite, mailedLink, newEmail } from '../journey.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { countSpending, PROCESSES, type Spending, spentOnOne } from '../spending.js';
import { median } from '../statistics.js';
import { ms, rate, ratio, share, table } from '../table.js';

interface Pairs {
  starts: number[];
  invitations: number[];
  startSpending: (Spending | undefined)[];
  invitationSpending: (Spending | undefined)[];
  /** Mails that were not in the inbox when the next part began. */
  lateMails: number;
  /** Invitations that Temporal was not told of by their own request. */
  untold: number;
}

/** With the workers at work; between the parts both work off what was begun, so that neither is measured on the other's arrears. */
export async function measureWithWorker(setting: Setting, worker: BareWorker): Promise<Pairs> {
  return measure({
    setting,
    pairs: COUNTS.invitePairsWithWorker,
    times: COUNTS.invitesWithWorker,
    taskQueue: BARE_QUEUE,
    startDone: (id) => worker.sent(id, 'invitation'),
    invitationDone: (email) => mailedLink(setting, email, 'invite'),
  });
}

/** With no worker anywhere: only what is accepted. */
export async function measureWithoutWorker(setting: Setting): Promise<Pairs> {
  await setting.service.worker.stop();
  return measure({
    setting,
    pairs: COUNTS.invitePairsWithoutWorker,
    times: COUNTS.invitesWithoutWorker,
    taskQueue: UNATTENDED_QUEUE,
  });
}

async function measure(input: {
  setting: Setting;
  pairs: number;
  times: number;
  taskQueue: string;
  startDone?: (id: string) => Promise<unknown>;
  invitationDone?: (email: string) => Promise<unknown>;
}): Promise<Pairs> {
  const { setting, times, taskQueue, startDone, invitationDone } = input;
  const atOnce = COUNTS.requests;
  const untoldBefore = untoldIn(setting);
  const pairs: Pairs = {
    lateMails: 0,
    untold: 0,
    starts: [],
    invitations: [],
    startSpending: [],
    invitationSpending: [],
  };
  for (let pair = 0; pair < input.pairs; pair++) {
    const started: string[] = [];
    const startSpending = countSpending(setting);
    const start = async () => started.push(await startBare(setting.client, taskQueue));
    pairs.starts.push(await rateOf({ times, atOnce, work: start }));
    pairs.startSpending.push(startSpending());
    if (startDone) await lateOf(started.map(startDone), COUNTS.longestArrears);

    const invited: string[] = [];
    const invitationSpending = countSpending(setting);
    const inviteOne = async () => {
      const email = newEmail();
      await invite(setting, email);
      invited.push(email);
    };
    pairs.invitations.push(await rateOf({ times, atOnce, work: inviteOne }));
    pairs.invitationSpending.push(invitationSpending());
    if (invitationDone) pairs.lateMails += await lateOf(invited.map(invitationDone), COUNTS.longestArrears);
  }
  pairs.untold = untoldIn(setting) - untoldBefore;
  return pairs;
}

const untoldIn = ({ service }: Setting): number =>
  readFileSync(service.api.logFile, 'utf8').split('"not told"').length;

export function invitationsSection(off: Pairs, on: Pairs): Section {
  const row = (name: string, { starts, invitations }: Pairs) => [
    name,
    rate(median(starts)),
    rate(median(invitations)),
    ratio(median(invitations) / median(starts)),
    ratio(Math.min(...ratios(starts, invitations))),
    ratio(Math.max(...ratios(starts, invitations))),
  ];
  return {
    title: `1. Accepted invitations against bare workflow starts, ${COUNTS.requests} at once (aim for the ratio: 0.7 and more)`,
    table: table(
      ['', 'starts/s', 'invitations/s', 'ratio of medians', 'lowest pair', 'highest pair'],
      [row('worker off for both', off), row('workers on for both', on)],
    ),
    notes: [
      `${COUNTS.invitePairsWithoutWorker} pairs of ${COUNTS.invitesWithoutWorker} with the worker off, ${COUNTS.invitePairsWithWorker} pairs of ${COUNTS.invitesWithWorker} with the workers on, in turns. A start: workflow.start of the bare workflow.`,
      'An invitation: POST /api/v1/invitations over HTTP, answered 201 once it is in the database and Temporal has the nudge. With the',
      'workers on they begin at once on what is accepted (a no-op there; rendering and sending a mail here) and compete for the cores;',
      `both work off their arrears before the next part, in ${COUNTS.longestArrears / 1_000} s at most: ${on.lateMails} of ${on.invitations.length * COUNTS.invitesWithWorker} mails were later.`,
      `Nudges that Temporal did not take, left to the sweeper: ${off.untold} with the worker off, ${on.untold} with the workers on.`,
      spendingNote('a start', off.startSpending),
      spendingNote('an invitation', off.invitationSpending),
    ],
  };
}

const ratios = (starts: number[], invitations: number[]) =>
  starts.map((each, index) => (invitations[index] ?? 0) / each);

function spendingNote(name: string, parts: readonly (Spending | undefined)[]): string {
  const spent = spentOnOne(parts, COUNTS.invitesWithoutWorker);
  if (!spent) return `Processor time of ${name}: only counted where there is /proc.`;
  const list = PROCESSES.filter((process) => spent.by[process] >= 0.05).map(
    (process) => `${process} ${ms(spent.by[process])}`,
  );
  return `Processor time of ${name}, worker off, ms: ${list.join(', ')}; other programs took ${share(spent.others)} of the machine.`;
}
