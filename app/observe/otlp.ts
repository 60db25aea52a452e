import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AppError } from '../errors.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** Milliseconds that a shutdown waits for the collector to accept the last spans. */
const flushTimeout = 1_000;
const w3c = new W3CTraceContextPropagator();

function fail(span: Span, error: unknown): void {
  // An error message may contain user data, so only the type of the error is recorded.
  const kind = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function requestSpan(span: Span, context: Context): RequestSpan {
  const carrier: Record<string, string> = {};
  w3c.inject(context, carrier, defaultTextMapSetter);
  return {
    traceId: span.spanContext().traceId,
    header: carrier.traceparent ?? '',
    finish(name, attributes, failed) {
      span.updateName(name);
      span.setAttributes(attributes);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function createTracing(tracer: Tracer, close: () => Promise<void>): Tracing {
  const contexts = new AsyncLocalStorage<Context>();
  return {
    isOn: true,
    close,
    traceId() {
      const context = contexts.getStore();
      const span = context && trace.getSpanContext(context);
      // A trace that is not sampled has an id too, but an exemplar with that id would point to nothing.
      return span && span.traceFlags & TraceFlags.SAMPLED ? span.traceId : undefined;
    },
    async span(name, attributes, work) {
      const parent = contexts.getStore();
      if (!parent) return work();
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
      try {
        return await contexts.run(trace.setSpan(parent, span), work);
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    request(headers: IncomingHttpHeaders, work) {
      const caller = w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, caller);
      const context = trace.setSpan(caller, span);
      return contexts.run(context, () => work(requestSpan(span, context)));
    },
  };
}

/** Sends spans to a collector in batches. An unreachable collector loses spans and has no other effect. */
export function startTracing(options: {
  endpoint: string;
  version: string;
  processor?: SpanProcessor;
}): Tracing {
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const processor = options.processor ?? new BatchSpanProcessor(new OTLPTraceExporter({ url }));
  const service = { 'service.name': 'auth-service', 'service.version': options.version };
  const provider = new BasicTracerProvider({
    // The operator's name and attributes of the installation replace ours.
    resource: defaultResource()
      .merge(resourceFromAttributes(service))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [processor],
  });
  const close = async (): Promise<void> => {
    const timeout = sleep(flushTimeout, undefined, { ref: false });
    await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
  };
  return createTracing(provider.getTracer('auth-service', options.version), close);
}
