import { activityInfo } from '@temporalio/activity';
import type { ActivityDependencies } from '../../../activities/index.js';
import type { EventType } from '../../../store/facts.js';

type Put = (real: ActivityDependencies) => ActivityDependencies;

/** As many tries as a database step has in the worker: the next is that of the ordinary activity. */
const TRIES = 3;

/** The database answers with errors when this is to be written, until the tries in the worker are used up. */
export function failing(written: EventType): Put {
  const fail = failures();
  return (real) => {
    const { onboardings } = real.store;
    const take: typeof onboardings.take = (id, judge) =>
      onboardings.take(id, (o) => {
        const verdict = judge(o);
        if (verdict !== 'already' && 'event' in verdict && verdict.event.type === written) fail();
        return verdict;
      });
    return { ...real, store: { ...real.store, onboardings: { ...onboardings, take } } };
  };
}

/** The same where a workflow is to erase somebody's traces; retention, which does it as well, has its way. */
export function failingErasure(): Put {
  const fail = failures();
  return (real) => {
    const { eraseTraces } = real.store.erasure;
    const erasure = {
      ...real.store.erasure,
      eraseTraces: async (id: string) => {
        if (activityInfo().activityType === 'erase') fail();
        return eraseTraces(id);
      },
    };
    return { ...real, store: { ...real.store, erasure } };
  };
}

function failures(): () => void {
  let left = TRIES;
  return () => {
    if (left-- > 0) throw new Error('connection refused');
  };
}

/** A promise, and what keeps it. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A mail server that takes no verification mail and says nothing of it. */
export function hangingMails() {
  const { opened, open } = gate();
  const dependencies: Put = (real) => ({
    ...real,
    mailer: {
      ...real.mailer,
      async send(mail) {
        if (mail.text.includes('/verify/')) await opened;
        return real.mailer.send(mail);
      },
    },
  });
  return { dependencies, release: open };
}

/** A database that takes a question and does not answer it. */
export function hanging() {
  let left = 0;
  const { opened, open } = gate();
  const dependencies: Put = (real) => {
    const { onboardings } = real.store;
    const find: typeof onboardings.find = async (id) => {
      if (left-- > 0) await opened;
      return onboardings.find(id);
    };
    return { ...real, store: { ...real.store, onboardings: { ...onboardings, find } } };
  };
  return {
    dependencies,
    /** From now on, until the tries in the worker have timed out. */
    hang() {
      left = TRIES;
    },
    /** Those that hung are answered: else they would hold up the worker's end. */
    release: open,
  };
}
