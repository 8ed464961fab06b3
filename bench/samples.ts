import type { Note } from './browser.js';
import { sum } from './statistics.js';

/** Times by step, in the order in which the steps first came. */
export class Samples {
  readonly #times = new Map<string, number[]>();

  readonly note: Note = (step, ms) => {
    const times = this.#times.get(step);
    if (times) times.push(ms);
    else this.#times.set(step, [ms]);
  };

  get steps(): string[] {
    return [...this.#times.keys()];
  }

  of(step: string): readonly number[] {
    return this.#times.get(step) ?? [];
  }

  /** The part of all noted time that went into a step. */
  shareOf(step: string): number {
    return sum(this.of(step)) / sum(this.steps.map((each) => sum(this.of(each))));
  }
}
