import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { type SpanInput, type Tracing, traced } from './tracing.js';

/** The header that carries the span: random ids, and all that tracing adds to what Temporal keeps. */
const HEADER = 'traceparent';

/** Each nudge is a span, and carries it to the workflow. */
export function nudgeTracing(tracing: Tracing): WorkflowClientInterceptor {
  const within = <Input extends { headers: Record<string, Payload> }, T>(
    name: string,
    input: Input,
    next: (input: Input) => Promise<T>,
  ): Promise<T> =>
    traced(tracing, { name, kind: 'producer' }, () => {
      const current = tracing.current();
      if (current === undefined) return next(input);
      const header = defaultPayloadConverter.toPayload(current);
      return next({ ...input, headers: { ...input.headers, ...(header && { [HEADER]: header }) } });
    });

  return {
    startWithDetails: (input, next) => within(`start ${input.workflowType}`, input, next),
    signalWithStart: (input, next) => within(`nudge ${input.workflowType}`, input, next),
    startUpdate: (input, next) => within(`update ${input.updateName}`, input, next),
  };
}

/** Each try of an activity is a span under the nudge that led to it. */
export function activityTracing(tracing: Tracing): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute(input, next) {
        const span: SpanInput = {
          name: `activity ${info.activityType}`,
          kind: 'consumer',
          from: spanIn(input.headers[HEADER]),
          attributes: {
            'temporal.workflow.id': info.workflowExecution?.workflowId ?? '',
            'temporal.run.id': info.workflowExecution?.runId ?? '',
            'temporal.attempt': info.attempt,
          },
        };
        return traced(tracing, span, () => next(input));
      },
    },
  });
}

/** A workflow has taken a nudge: a moment, for what it does of it is in the activities. */
export function workflowSpan(
  tracing: Tracing,
  {
    workflowType,
    workflowId,
    runId,
    from,
  }: { workflowType: string; workflowId: string; runId: string; from: string },
): void {
  const attributes = { 'temporal.workflow.id': workflowId, 'temporal.run.id': runId };
  tracing.begin({ name: `workflow ${workflowType}`, kind: 'consumer', from, attributes }).end({});
}

function spanIn(header: Payload | undefined): string | undefined {
  const value: unknown = header && defaultPayloadConverter.fromPayload(header);
  return typeof value === 'string' ? value : undefined;
}
