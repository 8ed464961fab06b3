import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Tracing } from './tracing.js';

const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** Milliseconds to send what is left. */
const LAST_WORDS = 2_000;

/** W3C Trace Context §3.2, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Spans to an OTLP/HTTP collector, as JSON. Nothing is registered for the whole process: what is traced is what asks for it. */
export function createTracing({ service, endpoint }: { service: string; endpoint: string }): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('onboarding');
  const inHand = new AsyncLocalStorage<Span>();

  return {
    begin({ name, kind, from, attributes = {} }) {
      const above = from === undefined ? inHand.getStore() : spanOf(from);
      const parent = above ? trace.setSpan(ROOT_CONTEXT, above) : ROOT_CONTEXT;
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent);
      return {
        run: (work) => inHand.run(span, work),
        end({ name: finalName, attributes: last = {}, failed = false }) {
          if (finalName) span.updateName(finalName);
          span.setAttributes(last);
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    current() {
      const context = inHand.getStore()?.spanContext();
      if (!context) return undefined;
      const flags = context.traceFlags & TraceFlags.SAMPLED ? '01' : '00';
      return `00-${context.traceId}-${context.spanId}-${flags}`;
    },
    // A collector that is away must not hold up the end of a process.
    stop: () => Promise.race([provider.shutdown(), delay(LAST_WORDS, undefined, { ref: false })]),
  };
}

function spanOf(traceparent: string): Span | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return trace.wrapSpanContext({
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}
