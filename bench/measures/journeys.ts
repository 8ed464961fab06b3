import { availableParallelism } from 'node:os';
import { onboardingWorkflowId } from '../../workflows/messages.js';
import { rateOf } from '../at-once.js';
import { bareJourney } from '../bare/client.js';
import type { BareWorker } from '../bare/worker.js';
import { COUNTS } from '../counts.js';
import { takeJourney } from '../journey.js';
import { Samples } from '../samples.js';
import type { Section } from '../section.js';
import type { Setting } from '../setting.js';
import { countSpending, PROCESSES, type Spending, spentOnOne } from '../spending.js';
import { median, percentile, sum } from '../statistics.js';
import { ms, rate, ratio, share, table } from '../table.js';

export interface Journeys {
  whole: Side;
  bare: Side;
  /** Times by step of the whole journeys. */
  steps: Samples;
}

interface Side {
  /** Journeys a second, a pair each. */
  rates: number[];
  spending: (Spending | undefined)[];
  /** Events in the history of one journey of each pair. */
  events: number[];
}

/** Whole journeys over HTTP and the bare workflow in turns, as many at once. */
export async function measureJourneys(setting: Setting, worker: BareWorker): Promise<Journeys> {
  const { client } = setting;
  const steps = new Samples();
  const whole: Side = { rates: [], spending: [], events: [] };
  const bare: Side = { rates: [], spending: [], events: [] };

  async function part(side: Side, times: number, journey: () => Promise<string>): Promise<void> {
    let last = '';
    const work = async () => {
      last = await journey();
    };
    const spending = countSpending(setting);
    side.rates.push(await rateOf({ times, atOnce: COUNTS.people, work }));
    side.spending.push(spending());
    const { historyLength } = await client.workflow.getHandle(last).describe();
    side.events.push(historyLength);
  }

  for (let pair = 0; pair < COUNTS.journeyPairs; pair++) {
    await part(bare, COUNTS.bareAPair, () => bareJourney(client, worker));
    await part(whole, COUNTS.journeysAPair, async () => {
      const { id } = await takeJourney(setting, steps.note);
      return onboardingWorkflowId(id, 1);
    });
  }
  return { whole, bare, steps };
}

export function journeysSection({ whole, bare }: Journeys, hash: { cpu: number }): Section {
  const cores = availableParallelism();
  const ratios = whole.rates.map((each, pair) => each / (bare.rates[pair] ?? 0));
  const spread = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];
  return {
    title: `2. Whole journeys against the bare workflow, ${COUNTS.people} people at once`,
    table: table(
      ['', 'median', 'lowest', 'highest', 'events'],
      [
        [
          'bare workflow, a second',
          rate(median(bare.rates)),
          ...spread(bare.rates).map(rate),
          median(bare.events),
        ],
        [
          'invitation to dashboard, a second',
          rate(median(whole.rates)),
          ...spread(whole.rates).map(rate),
          median(whole.events),
        ],
        ['ratio', ratio(median(whole.rates) / median(bare.rates)), ...spread(ratios).map(ratio), ''],
      ],
    ),
    notes: [
      `${COUNTS.journeyPairs} pairs in turns, ${COUNTS.bareAPair} bare and ${COUNTS.journeysAPair} whole journeys each; the ratio is that of the medians, its lowest and highest those of one pair.`,
      'The bare workflow has the same signals, timers, activities and local activities and does nothing in them; its client and worker',
      'share one process. Nobody pauses: each step follows at once on what it waits for, which for the bare one is so soon that Temporal',
      'takes two things in one task more often: fewer events. All of it shares this machine, people and inbox included.',
      `A password's hash takes ${ms(hash.cpu)} ms of a core, by design, and each journey needs one: ${cores} cores that did nothing else would make`,
      `${rate((cores * 1_000) / hash.cpu)} journeys/s.`,
    ],
  };
}

/** Where the processors' time goes. */
export function costsSection({ whole, bare }: Journeys, hash: { cpu: number }): Section {
  const title = '   Where the rest goes: processor time of one journey';
  const ours = spentOnOne(whole.spending, COUNTS.journeysAPair);
  const yardstick = spentOnOne(bare.spending, COUNTS.bareAPair);
  if (!ours || !yardstick) return { title, table: '  Only counted where there is /proc.', notes: [] };
  const { Temporal, database, api, worker, bench } = ours.by;
  const parts: [string, number, string][] = [
    ['Temporal server', Temporal, ms(yardstick.by.Temporal)],
    ['api without the hash', api - hash.cpu, ''],
    ['password hash (argon2id, in the api)', hash.cpu, ''],
    ['worker', worker, ''],
    ['database', database, ''],
    ['people and inbox (bench)', bench, ms(yardstick.by.bench)],
  ];
  const together = sum(parts.map(([, used]) => used));
  const [first, second] = [...parts].sort(([, a], [, b]) => b - a);
  const yardstickTogether = sum(PROCESSES.map((name) => yardstick.by[name]));
  const cores = availableParallelism();
  const busy = ({ rates }: Side, used: number) => ((median(rates) * used) / 1_000).toFixed(1);
  return {
    title,
    table: table(
      ['', 'whole, ms', 'share', 'bare, ms'],
      [
        ...parts.map(([name, used, other]) => [name, ms(used), share(used / together), other]),
        ['together', ms(together), '100%', ms(yardstickTogether)],
      ],
    ),
    notes: [
      `The two largest: ${first?.[0]}; ${second?.[0]}. ${cores} cores with ${ms(together)} ms a journey allow ${rate((cores * 1_000) / together)} journeys/s.`,
      `The whole journeys kept ${busy(whole, together)} of ${cores} cores busy, the bare ones ${busy(bare, yardstickTogether)}.`,
      `Other programs on this machine took ${share(ours.others)} of it during the whole journeys, ${share(yardstick.others)} during the bare ones.`,
      "Of the bare workflow's time its worker and its client stand under the bench. Medians over the pairs.",
    ],
  };
}

/** How long each step takes, alone and in a crowd, and how much of a journey it is. */
export function stepsSection(alone: Samples, { steps: crowd }: Journeys): Section {
  const figures = (sample: readonly number[]) =>
    sample.length > 0 ? [ms(median(sample)), ms(percentile(sample, 0.95))] : ['', ''];
  const row = (step: string) => [
    step,
    ...figures(alone.of(step)),
    ...figures(crowd.of(step)),
    crowd.of(step).length > 0 ? share(crowd.shareOf(step)) : '',
  ];
  return {
    title: '   Where the rest goes: time of each step, ms',
    table: table(
      ['', 'alone p50', 'p95', `${COUNTS.people} at once p50`, 'p95', 'of the journey'],
      [...new Set([...crowd.steps, ...alone.steps])].map(row),
    ),
    notes: [
      `Alone: ${COUNTS.journeysAlone} journeys one after another, each with a sign-out and a second sign-in, so that two-step and dashboard count twice.`,
      `At once: the ${COUNTS.journeyPairs * COUNTS.journeysAPair} journeys above. A POST answers with a redirect; the page behind it is a step of its own. Waits run from the`,
      'answer of the step before to the mail or text in the inbox, or to the open dashboard, for which the page is asked ten times a second.',
    ],
  };
}
