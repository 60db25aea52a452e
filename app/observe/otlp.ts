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
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { AppError } from '../errors.ts';
import { createSampler, distrust, type SamplerName } from './sampler.ts';
import { spanTypes } from './span-schema.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** Milliseconds that a shutdown waits for the collector to accept the last spans. */
const flushTimeout = 1_000;
const w3c = new W3CTraceContextPropagator();

/** The SQLSTATE of a failed query. Errors of sockets have other codes. */
function sqlState(error: unknown): string | undefined {
  const cause = error instanceof AppError ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function fail(span: Span, error: unknown): void {
  // An error message may contain user data, so only the type of the error is recorded.
  const kind = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The context of the caller's trace. Of a stranger, it contains the ids alone and not the `tracestate`. */
function contextOf(headers: IncomingHttpHeaders, isTrusted: boolean): Context {
  const context = w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const caller = trace.getSpanContext(context);
  if (!caller || isTrusted) return context;
  const { spanId, traceFlags, traceId } = caller;
  return distrust(trace.setSpanContext(ROOT_CONTEXT, { isRemote: true, spanId, traceFlags, traceId }));
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

/** Whether the span is recorded. An ended span, whose response may still be streamed, is so too. */
const isSampled = (span: Span): boolean => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;

function createTracing(tracer: Tracer, close: () => Promise<void>): Tracing {
  const contexts = new AsyncLocalStorage<{ context: Context; span: Span }>();
  return {
    isOn: true,
    close,
    traceId() {
      // A trace that is not recorded has an id too, but an exemplar with that id would point to nothing.
      const span = contexts.getStore()?.span;
      return span && isSampled(span) ? span.spanContext().traceId : undefined;
    },
    async span(type, name, attributes, work) {
      const parent = contexts.getStore();
      if (!parent || !isSampled(parent.span)) return work();
      const kind = SpanKind[spanTypes[type].kind];
      const span = tracer.startSpan(name, { kind, attributes }, parent.context);
      try {
        return await contexts.run({ context: trace.setSpan(parent.context, span), span }, work);
      } catch (error) {
        fail(span, error);
        const state = type === 'query' ? sqlState(error) : undefined;
        if (state) span.setAttribute('db.response.status_code', state);
        throw error;
      } finally {
        span.end();
      }
    },
    request({ headers, isTrusted }, work) {
      const caller = contextOf(headers, isTrusted);
      const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, caller);
      const context = trace.setSpan(caller, span);
      return contexts.run({ context, span }, () => work(requestSpan(span, context)));
    },
  };
}

/** The same exporter, which reports how many spans it could not deliver. */
function watchLosses(exporter: SpanExporter, onLost: (spans: number) => void): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) onLost(spans.length);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

export interface TracingOptions {
  /** Base URL of the collector. */
  readonly endpoint: string;
  readonly version: string;
  /** @default parentbased_always_on */
  readonly sampler?: SamplerName;
  /** @default 1 */
  readonly samplerRatio?: number;
  /** Called with the number of spans that the collector has not accepted. */
  readonly onLost?: (spans: number) => void;
  /** @default one that sends batches to the endpoint */
  readonly processor?: SpanProcessor;
}

/** Sends spans to a collector in batches. An unreachable collector loses spans and has no other effect. */
export function startTracing(options: TracingOptions): Tracing {
  const { onLost = () => undefined, sampler = 'parentbased_always_on', samplerRatio = 1, version } = options;
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const processor =
    options.processor ?? new BatchSpanProcessor(watchLosses(new OTLPTraceExporter({ url }), onLost));
  const service = { 'service.name': 'auth-service', 'service.version': version };
  const provider = new BasicTracerProvider({
    // The operator's name and attributes of the installation replace ours.
    resource: defaultResource()
      .merge(resourceFromAttributes(service))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: createSampler({ name: sampler, ratio: samplerRatio }),
    spanProcessors: [processor],
  });
  const close = async (): Promise<void> => {
    const timeout = sleep(flushTimeout, undefined, { ref: false });
    await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
  };
  return createTracing(provider.getTracer('auth-service', version), close);
}
