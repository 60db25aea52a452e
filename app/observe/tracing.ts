import type { IncomingHttpHeaders } from 'node:http';
import type { Instrumentation } from './instrumentation.ts';

type Attributes = Readonly<Record<string, string | number>>;

/** The server span of one HTTP request. */
export interface RequestSpan {
  readonly traceId: string;
  /** Value of the `traceresponse` header (W3C Trace Context level 2), from which a caller learns the trace. */
  readonly header: string;
  /** Adds what is known only at the end of the request, and ends the span. */
  finish(name: string, attributes: Attributes, failed: boolean): void;
}

export interface Tracing {
  readonly isOn: boolean;
  /** Runs `work` in a child span of the current request. Outside of a request it creates no span. */
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** Runs `work` in a span that continues the caller's trace, if the headers name one. */
  request<T>(headers: IncomingHttpHeaders, work: (span: RequestSpan) => Promise<T>): Promise<T>;
  /** Trace of the current request, if it is sampled. */
  traceId(): string | undefined;
  /** Sends the spans that have not been sent. */
  close(): Promise<void>;
}

export const noTracing: Tracing = {
  isOn: false,
  span: (_name, _attributes, work) => work(),
  request: (_headers, work) => work({ traceId: '', header: '', finish: () => undefined }),
  traceId: () => undefined,
  close: async () => undefined,
};

/** Instruments queries and Redis commands with spans. A query is named by its file. Parameters are never recorded. */
export function storeSpans(tracing: Tracing) {
  function instrumentation(system: string): Instrumentation {
    return (operation, run) => {
      const attributes = { 'db.system.name': system, 'db.operation.name': operation };
      return tracing.span(`${system} ${operation}`, attributes, run);
    };
  }
  return { query: instrumentation('postgresql'), command: instrumentation('redis') };
}
