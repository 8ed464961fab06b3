import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';

/** One line for each activity that is done; of those that fail the SDK tells. The short steps of a workflow only at `debug`. */
export function activityLog(log: Logger): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const began = performance.now();
        const result = await next(input);
        const { workflowExecution, activityType: activity, attempt, taskQueue: queue, isLocal } = info;
        const line = {
          workflow: workflowExecution?.workflowId,
          run: workflowExecution?.runId,
          activity,
          attempt,
          queue,
          ms: Math.round(performance.now() - began),
        };
        log[isLocal ? 'debug' : 'info'](line, 'done');
        return result;
      },
    },
  });
}
