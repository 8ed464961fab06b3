import type { Worker } from '@temporalio/worker';

/** Whether every worker runs and asks for work, or has its hands full. */
export const areAtWork = (workers: readonly Pick<Worker, 'getStatus'>[]): boolean =>
  workers.every((worker) => {
    const status = worker.getStatus();
    const asks = status.hasOutstandingWorkflowPoll || status.hasOutstandingActivityPoll;
    const works = status.numInFlightWorkflowActivations + status.numInFlightActivities > 0;
    return status.runState === 'RUNNING' && (asks || works);
  });
