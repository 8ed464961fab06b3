export interface NextOptions {
  /** Messages before this index are passed over: note `mails.length` before an action, and wait from there. */
  since?: number;
  /** Milliseconds; 10,000 by default. */
  timeoutMs?: number;
}

export interface MessageLog<M> {
  /** Oldest first. */
  readonly all: readonly M[];
  add(message: M): void;
  /** Says that a message changed, so that those who wait look again. */
  changed(): void;
  /** The first message that fits, those received already included; rejects naming what was seen instead. */
  next(predicate: (message: M) => boolean, options?: NextOptions): Promise<M>;
  /** Rejects everyone who still waits. */
  close(): void;
}

/** Messages in order of arrival, and a way to wait for one. `describe` words a message in the time-out's error. */
export function createMessageLog<M>({
  kind,
  describe,
  before,
}: {
  kind: string;
  describe: (message: M) => string;
  before: readonly M[];
}): MessageLog<M> {
  const all: M[] = [...before];
  const waiting = new Set<{ look: () => void; fail: (why: string) => void }>();
  const changed = () => {
    for (const waiter of [...waiting]) waiter.look();
  };

  return {
    all,
    changed,
    add(message) {
      all.push(message);
      changed();
    },
    next(predicate, { since = 0, timeoutMs = 10_000 } = {}) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => waiter.fail(`no ${kind} that fits in ${timeoutMs} ms`), timeoutMs);
        const done = () => {
          clearTimeout(timer);
          waiting.delete(waiter);
        };
        const waiter = {
          look() {
            try {
              const found = all.slice(since).find(predicate);
              if (found === undefined) return;
              done();
              resolve(found);
            } catch (error) {
              done();
              reject(error);
            }
          },
          fail(why: string) {
            done();
            const seen = all.slice(since).map(describe);
            reject(new Error(`${why}; seen: ${seen.length === 0 ? 'none' : seen.join(' | ')}`));
          },
        };
        waiting.add(waiter);
        waiter.look();
      });
    },
    close() {
      for (const waiter of [...waiting]) waiter.fail('the inbox was stopped');
    },
  };
}
