import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import {
  type ActivityInput,
  type LocalActivityInput,
  type Next,
  proxySinks,
  type SignalInput,
  type Sinks,
  type UpdateInput,
  type WorkflowExecuteInput,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';

/** What a workflow tells its worker of traces. */
export interface CarryingSinks extends Sinks {
  tracing: {
    /** A nudge with a span has come; the span as it was sent. */
    nudged(from: string): void;
  };
}

const HEADER = 'traceparent';
/** What a workflow does this long after a nudge, in milliseconds, it does of itself: a reminder is no part of an old click. */
const FRESH = 5 * 60_000;

const { tracing } = proxySinks<CarryingSinks>();

/**
 * Hands the span of the last nudge on to the activities that follow from it, so that a click and its mail are one trace.
 * Adds nothing where no span comes; decides nothing, so that a history with and one without replay alike.
 */
class Carrying implements WorkflowInboundCallsInterceptor, WorkflowOutboundCallsInterceptor {
  #last: { header: Payload; at: number } | undefined;
  #told: string | undefined;

  execute(input: WorkflowExecuteInput, next: Next<WorkflowInboundCallsInterceptor, 'execute'>) {
    this.#take(input.headers[HEADER]);
    return next(input);
  }

  handleSignal(input: SignalInput, next: Next<WorkflowInboundCallsInterceptor, 'handleSignal'>) {
    this.#take(input.headers[HEADER]);
    return next(input);
  }

  handleUpdate(input: UpdateInput, next: Next<WorkflowInboundCallsInterceptor, 'handleUpdate'>) {
    this.#take(input.headers[HEADER]);
    return next(input);
  }

  scheduleActivity(input: ActivityInput, next: Next<WorkflowOutboundCallsInterceptor, 'scheduleActivity'>) {
    return next({ ...input, headers: this.#handOn(input.headers) });
  }

  scheduleLocalActivity(
    input: LocalActivityInput,
    next: Next<WorkflowOutboundCallsInterceptor, 'scheduleLocalActivity'>,
  ) {
    return next({ ...input, headers: this.#handOn(input.headers) });
  }

  #take(header: Payload | undefined): void {
    if (!header) return;
    this.#last = { header, at: Date.now() };
    const from: unknown = defaultPayloadConverter.fromPayload(header);
    // Starting and nudging at once, one call carries it twice.
    if (typeof from !== 'string' || from === this.#told) return;
    this.#told = from;
    tracing.nudged(from);
  }

  #handOn(headers: Record<string, Payload>): Record<string, Payload> {
    if (!this.#last || Date.now() - this.#last.at > FRESH) return headers;
    return { ...headers, [HEADER]: this.#last.header };
  }
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const carrying = new Carrying();
  return { inbound: [carrying], outbound: [carrying] };
};
