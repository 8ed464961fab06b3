/** Ids, kinds, patterns and counts; nothing personal. */
export type SpanAttributes = Record<string, string | number>;

export interface SpanInput {
  name: string;
  kind: 'server' | 'producer' | 'consumer' | 'client' | 'internal';
  /** The span of another process that this one belongs under, as it was sent; absent: the one in hand, if any. */
  from?: string | undefined;
  attributes?: SpanAttributes;
}

export interface OpenSpan {
  /** Has the work done with this as the span in hand. */
  run<T>(work: () => T): T;
  end(last: { name?: string; attributes?: SpanAttributes; failed?: boolean }): void;
}

/** Traces: which work belongs to which click, over all processes. */
export interface Tracing {
  begin(span: SpanInput): OpenSpan;
  /** The span in hand, as it is sent to another process (W3C Trace Context, `traceparent`). */
  current(): string | undefined;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** Does a piece of work as a span. Of an error only that there was one is told. */
export async function traced<T>(
  tracing: Tracing | undefined,
  input: SpanInput,
  work: () => Promise<T>,
): Promise<T> {
  if (!tracing) return work();
  const span = tracing.begin(input);
  try {
    const result = await span.run(work);
    span.end({});
    return result;
  } catch (error) {
    span.end({ failed: true });
    throw error;
  }
}

/** Loads OpenTelemetry only where there is an endpoint to send to. */
export async function startTracing(input: {
  service: string;
  /** Origin of an OTLP/HTTP collector; absent: no traces. */
  endpoint: string | undefined;
}): Promise<Tracing | undefined> {
  const { service, endpoint } = input;
  if (!endpoint) return undefined;
  const { createTracing } = await import('./open-telemetry.js');
  return createTracing({ service, endpoint });
}
