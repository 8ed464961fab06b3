import { type BareWorker, startBareWorker } from './bare/worker.js';
import { COUNTS } from './counts.js';
import { closeConnections } from './http.js';
import { deadlinesSection } from './measures/deadlines.js';
import { measureHash } from './measures/hashing.js';
import { historySection } from './measures/history.js';
import { hostileInputSection } from './measures/hostile-input.js';
import { invitationsSection, measureWithoutWorker, measureWithWorker } from './measures/invitations.js';
import { costsSection, journeysSection, measureJourneys, stepsSection } from './measures/journeys.js';
import { measureAlone, pagesSection, warmUp } from './measures/latency.js';
import { signInSection } from './measures/sign-in.js';
import { laterStarts, startTimed, startUpSection, timeBuild } from './measures/start-up.js';
import { waitingSection } from './measures/waiting.js';
import { provenance } from './provenance.js';
import { printed, type Section } from './section.js';
import { createSetting } from './setting.js';

/**
 * `npm run bench`: what the service costs, beside what Temporal alone costs on this machine in the same minutes. In greater numbers,
 * alone: `npm run bench -- waiting DOCUMENTS WORKFLOWS` and `npm run bench -- deadlines TIMES PAIRS`.
 */
const began = performance.now();
const progress = (line: string) => {
  const at = ((performance.now() - began) / 1_000).toFixed(0);
  process.stderr.write(`${at.padStart(4)} s  ${line}\n`);
};

const origin = provenance(new Date());
const setting = await createSetting(progress);
let worker: BareWorker | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop().finally(() => process.exit(130)));
}

try {
  for (const section of await measure(process.argv.slice(2))) process.stdout.write(printed(section));
  process.stdout.write(`\n${((performance.now() - began) / 1_000).toFixed(0)} s in all. ${origin}\n`);
} catch (error) {
  progress(error instanceof Error ? `Given up: ${error.message.slice(0, 500)}` : String(error));
  process.exitCode = 1;
} finally {
  await stop();
}

function measure([part, ...sizes]: string[]): Promise<Section[]> {
  const [first = Number.NaN, second = Number.NaN] = sizes.map(Number);
  if (part === undefined) return measureEverything();
  if (part === 'waiting' && first >= second) return measureWaiting({ documents: first, workflows: second });
  if (part === 'deadlines' && first > 0 && second > 0)
    return measureDeadlines({ times: first, pairs: second });
  throw new Error('Nothing, or: waiting DOCUMENTS WORKFLOWS, or: deadlines TIMES PAIRS');
}

async function measureWaiting(sizes: { documents: number; workflows: number }): Promise<Section[]> {
  await setting.start();
  progress(`${sizes.documents} invitations, ${sizes.workflows} of them with a workflow`);
  return [await waitingSection(setting, { ...sizes, report: progress })];
}

async function measureDeadlines(sizes: { times: number; pairs: number }): Promise<Section[]> {
  await setting.start();
  worker = await startBareWorker(setting.address);
  progress(`Deadlines at one instant: ${sizes.times}, ${sizes.pairs} times`);
  return [await deadlinesSection(setting, worker, sizes)];
}

async function measureEverything(): Promise<Section[]> {
  progress('Start-up with an empty data folder');
  const cold = await startTimed(setting);
  const { temporal, mongodb } = setting.service;
  worker = await startBareWorker(setting.address);
  const hash = await measureHash();
  progress(`Warming up (Temporal: ${temporal.source}, MongoDB: ${mongodb.source})`);
  await warmUp(setting, worker);
  progress('Journeys one after another');
  const { alone, guests } = await measureAlone(setting);
  const [guest] = guests;
  if (!guest) throw new Error('Nobody has signed in');
  progress('Pages');
  const pages = await pagesSection(setting, guest);
  progress('Sign-in');
  const signIn = await signInSection(
    setting,
    guests.map(({ email }) => email),
  );
  progress('One slow journey, for its history');
  const history = await historySection(setting, worker);
  progress('Journeys and bare workflows, several at once');
  const journeys = await measureJourneys(setting, worker);
  progress('Invitations and bare starts, workers on');
  const on = await measureWithWorker(setting, worker);
  progress('Deadlines at one instant');
  const deadlines = await deadlinesSection(setting, worker, {
    times: COUNTS.deadlines,
    pairs: COUNTS.deadlinePairs,
  });
  await stopBareWorker();
  progress('Later starts');
  const later = await laterStarts(setting);
  const build = await timeBuild();
  progress('Invitations that wait');
  const waiting = await waitingSection(setting, {
    documents: COUNTS.waiting,
    workflows: COUNTS.waiting,
    report: progress,
  });
  progress('Invitations and bare starts, worker off');
  const off = await measureWithoutWorker(setting);
  return [
    invitationsSection(off, on),
    journeysSection(journeys, hash),
    costsSection(journeys, hash),
    stepsSection(alone, journeys),
    pages,
    history,
    startUpSection({ cold, later, build }),
    signIn,
    waiting,
    deadlines,
    await hostileInputSection(),
  ];
}

async function stopBareWorker(): Promise<void> {
  const stopping = worker;
  worker = undefined;
  await stopping?.stop();
}

async function stop(): Promise<void> {
  closeConnections();
  await stopBareWorker();
  await setting.close();
}
