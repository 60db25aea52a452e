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
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AppError } from '../errors.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** Milliseconds that a shutdown waits for the collector to take the last spans. */
const farewell = 1_000;
const w3c = new W3CTraceContextPropagator();

function fail(span: Span, error: unknown): void {
  // Messages may hold data of users, so only the kind of error is told.
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
      // A sampler that drops a trace still gives it an id; an exemplar with it would lead nowhere.
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

/** Spans to a collector, in batches; a collector that is away costs spans and nothing else. */
export function startTracing(options: {
  endpoint: string;
  version: string;
  processor?: SpanProcessor;
}): Tracing {
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const processor = options.processor ?? new BatchSpanProcessor(new OTLPTraceExporter({ url }));
  const own = resourceFromAttributes({ 'service.name': 'auth-service', 'service.version': options.version });
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(own),
    spanProcessors: [processor],
  });
  const close = async (): Promise<void> => {
    const patience = sleep(farewell, undefined, { ref: false });
    await Promise.race([provider.shutdown().catch(() => undefined), patience]);
  };
  return createTracing(provider.getTracer('auth-service', options.version), close);
}
