import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Facts } from '../activities/facts.js';
import type { Activities, MailKind } from '../activities/index.js';
import { actUpdate, type LiveState, liveStateQuery, lookSignal, TASK_QUEUES } from './messages.js';

const stageAttribute = defineSearchAttributeKey('Stage', 'KEYWORD');

type DatabaseStep = 'look' | 'block' | 'expireInvite' | 'activate' | 'erase';

/** A database step is short; where the database is away for longer, an ordinary activity waits without filling the history. */
const inWorker = proxyLocalActivities<Activities>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 3, initialInterval: '200ms' },
});
const onQueue = proxyActivities<Activities>({
  startToCloseTimeout: '15s',
  retry: { maximumInterval: '30s' },
});

const mailOptions = {
  taskQueue: TASK_QUEUES.mail,
  // A send that died with its worker is begun again after this: longer than the mail server is waited for, well within a minute.
  startToCloseTimeout: '35s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
} as const;
const textOptions = {
  taskQueue: TASK_QUEUES.text,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const;

/**
 * Follows one onboarding: what is known of it, what is being sent, and when to act next. Facts come from the database and
 * are newer or they are ignored; sends run beside the wait, so that a provider's outage hides no change of facts.
 */
export class Following {
  #facts: Facts = { stage: 'invited', seq: 0 };
  #looks = 1;
  #looked = 0;
  #sendsEnded = 0;
  #labelled = 'invited';
  #alarm: { at: number; rang: boolean; scope: CancellationScope } | undefined;
  readonly #sent = new Set<string>();
  readonly #sending = new Set<string>();

  constructor(
    readonly onboardingId: string,
    readonly attempt: number,
  ) {
    setHandler(lookSignal, () => {
      this.#looks++;
    });
    setHandler(
      actUpdate,
      async ({ eventId }) => {
        await condition(() => this.#facts.seq > 0);
        if (this.#facts.seq < seqOf(eventId)) await this.look();
        if (this.#facts.erasing) {
          this.#looks++;
          await condition(() => !this.#facts.erasing);
        }
        return this.#state();
      },
      {
        // Nothing here judges the decision: that is made. Only what belongs to another onboarding is refused.
        validator: ({ eventId }) => {
          if (eventId.startsWith(`${onboardingId}:`) && seqOf(eventId) > 0) return;
          throw ApplicationFailure.nonRetryable('The event is not one of this onboarding', 'foreign-event');
        },
      },
    );
    setHandler(liveStateQuery, () => this.#state());
  }

  #state(): LiveState {
    return {
      stage: this.#facts.stage,
      seq: this.#facts.seq,
      sending: [...this.#sending],
      ...(this.#alarm && !this.#alarm.rang && { alarmAt: this.#alarm.at }),
    };
  }

  get facts(): Facts {
    return this.#facts;
  }

  /** Another workflow of this onboarding has taken over. */
  get superseded(): boolean {
    return (this.#facts.attempt ?? 1) !== this.attempt;
  }

  get idle(): boolean {
    return this.#sending.size === 0;
  }

  /** The stage's deadline has passed, by workflow time. */
  isDue(): boolean {
    return this.#facts.dueAt !== undefined && Date.now() >= this.#facts.dueAt;
  }

  /** Waits for a nudge, for the end of a send, or for the next deadline or reminder; then knows what is true. */
  async wait(details: string): Promise<void> {
    setCurrentDetails(details);
    const ended = this.#sendsEnded;
    this.#setAlarm();
    await condition(
      () => this.#looks > this.#looked || this.#sendsEnded > ended || this.#alarm?.rang === true,
    );
    if (this.#looks > this.#looked) await this.look();
  }

  async look(): Promise<void> {
    this.#looked = this.#looks;
    await this.#step('look');
  }

  /** Asks the database to decide; it judges by workflow time, so that a rung timer is not argued with. */
  async decide(step: Exclude<DatabaseStep, 'look'>): Promise<void> {
    const known = this.#facts.seq;
    const { seq } = await this.#step(step);
    if (seq >= known) return;
    // A database restored from a backup: asked again at once it would say the same again. `admin doctor` has another take over.
    await condition(() => this.#looks > this.#looked);
    await this.look();
  }

  /** Sends a mail about the current link: once each time it was asked for. */
  mail(kind: MailKind, nth = this.#facts.nth ?? 1): void {
    const about = this.#facts.about ?? this.onboardingId;
    const input = { onboardingId: this.onboardingId, kind, about, nth };
    const name = [kind, nth, about].join('.');
    const { dueAt } = this.#facts;
    const options = {
      ...mailOptions,
      summary: `Mail: ${kind}`,
      ...(dueAt !== undefined && { scheduleToCloseTimeout: Math.max(dueAt - Date.now(), 1) }),
    };
    this.#send(name, () => proxyActivities<Activities>(options).sendMail(input));
  }

  /** Sends the reminder whose time has come; of several that were missed only the last. */
  remind(kind: MailKind): void {
    const nth = (this.#facts.remindAt ?? []).filter((at) => at <= Date.now()).length;
    if (nth > 0) this.mail(kind, nth);
  }

  /** Texts the code of the current challenge: once each time it was asked for. */
  textCode(): void {
    const { onboardingId } = this;
    const { about: challengeId, nth = 1 } = this.#facts;
    if (!challengeId) return;
    const input = { onboardingId, challengeId, nth };
    this.#send(['code', nth, challengeId].join('.'), () =>
      proxyActivities<Activities>({ ...textOptions, summary: 'Text: code' }).sendCode(input),
    );
  }

  #send(name: string, activity: () => Promise<Facts>): void {
    if (this.#sent.has(name)) return;
    this.#sent.add(name);
    this.#sending.add(name);
    activity()
      .then((facts) => this.#learn(facts))
      .catch((error: unknown) => {
        if (!isCancellation(error)) log.error('A message was given up', { message: name });
      })
      .finally(() => {
        this.#sending.delete(name);
        this.#sendsEnded++;
      });
  }

  async #step(step: DatabaseStep): Promise<Facts> {
    const input = { onboardingId: this.onboardingId, asOf: Date.now() };
    let facts: Facts;
    try {
      facts = await inWorker[step](input);
    } catch (error) {
      // An error of a local activity comes as it is, a time-out inside an ActivityFailure: neither may end the workflow.
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
      facts = await onQueue[step](input);
    }
    this.#learn(facts);
    return facts;
  }

  #learn(facts: Facts): void {
    // Older, unless another workflow has taken over: that counts whatever this one knows.
    if (facts.seq < this.#facts.seq && (facts.attempt ?? 1) <= this.attempt) return;
    this.#facts = facts;
    this.#label(facts.stuck ? 'needs-support' : facts.stage);
  }

  /** The search attribute `Stage`: an upsert is a billed action, so only trouble, and its end, are worth one. */
  #label(label: string): void {
    const trouble = (name: string) => name === 'blocked' || name === 'needs-support';
    if (label === this.#labelled || !(trouble(label) || trouble(this.#labelled))) return;
    this.#labelled = label;
    upsertSearchAttributes([{ key: stageAttribute, value: label }]);
  }

  /**
   * One timer for the next moment that matters; left alone while that moment stays the same. None is begun while a message
   * is on its way: its acceptance may move the moment, and it is given up when the stage is due.
   */
  #setAlarm(): void {
    const now = Date.now();
    const moments = [...(this.#facts.remindAt ?? []), ...(this.#facts.dueAt ? [this.#facts.dueAt] : [])];
    const next = Math.min(...moments.filter((at) => at > now));
    if (this.#alarm?.at === next && !this.#alarm.rang) return;
    this.#alarm?.scope.cancel();
    this.#alarm = undefined;
    if (next === Number.POSITIVE_INFINITY || !this.idle) return;
    const alarm = { at: next, rang: false, scope: new CancellationScope() };
    this.#alarm = alarm;
    alarm.scope
      .run(() => sleep(next - now))
      .then(() => {
        alarm.rang = true;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }
}

const seqOf = (eventId: string): number => Number(eventId.split(':').at(-1));
