import type { IncomingHttpHeaders } from 'node:http';
import type { Instrumentation } from './instrumentation.ts';
import type { SpanAttributes } from './span-schema.ts';

/** The server span of one HTTP request. */
export interface RequestSpan {
  readonly traceId: string;
  /** Value of the `traceresponse` header (W3C Trace Context level 2), from which a caller learns the trace. */
  readonly header: string;
  /** Adds what is known only at the end of the request, and ends the span. */
  finish(name: string, attributes: SpanAttributes<'request'>, failed: boolean): void;
}

/** Who sends a request, as far as its trace is concerned. */
export interface TraceCaller {
  readonly headers: IncomingHttpHeaders;
  /** Whether the caller may decide that its trace is recorded, or that it is not. */
  readonly isTrusted: boolean;
}

/** The operations that get a span inside of a request. */
type OperationType = 'query' | 'command' | 'hash';

export interface Tracing {
  readonly isOn: boolean;
  /** Runs `work` in a child span of the current request. Outside of a request that is recorded it creates no span. */
  span<T, O extends OperationType>(
    type: O,
    name: string,
    attributes: SpanAttributes<O>,
    work: () => Promise<T>,
  ): Promise<T>;
  /** Runs `work` in a span that continues the caller's trace, if the headers name one. */
  request<T>(caller: TraceCaller, work: (span: RequestSpan) => Promise<T>): Promise<T>;
  /** Trace of the current request, if it is recorded. */
  traceId(): string | undefined;
  /** Sends the spans that have not been sent. */
  close(): Promise<void>;
}

export const noTracing: Tracing = {
  isOn: false,
  span: (_type, _name, _attributes, work) => work(),
  request: (_caller, work) => work({ traceId: '', header: '', finish: () => undefined }),
  traceId: () => undefined,
  close: async () => undefined,
};

/** Instruments queries and Redis commands with spans. A query is named by its file. Parameters are never recorded. */
export function storeSpans(tracing: Tracing): { query: Instrumentation; command: Instrumentation } {
  return {
    query: (file, run) =>
      tracing.span('query', file, { 'db.system.name': 'postgresql', 'db.query.summary': file }, run),
    command(command, run) {
      const name = command.toUpperCase();
      return tracing.span('command', name, { 'db.system.name': 'redis', 'db.operation.name': name }, run);
    },
  };
}
