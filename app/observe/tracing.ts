import type { IncomingHttpHeaders } from 'node:http';
import type { Watch } from './watch.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** The span of one HTTP request, in W3C's terms. */
export interface RequestSpan {
  readonly traceId: string;
  /** For the `traceresponse` header (W3C Trace Context level 2): tells a caller which trace to look for. */
  readonly header: string;
  /** What is known only when the request is over. */
  finish(name: string, attributes: Attributes, failed: boolean): void;
}

export interface Tracing {
  readonly isOn: boolean;
  /** Runs `work` in a span of its own, as part of the request under way; outside of a request there is none. */
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** Runs `work` as a request that goes on with the caller's trace, if its headers name one. */
  request<T>(headers: IncomingHttpHeaders, work: (span: RequestSpan) => Promise<T>): Promise<T>;
  /** Trace of the request under way, if it is one that is sent. */
  traceId(): string | undefined;
  /** Sends what is still here. */
  close(): Promise<void>;
}

const nowhere: RequestSpan = { traceId: '', header: '', finish: () => undefined };

export const noTracing: Tracing = {
  isOn: false,
  span: (_name, _attributes, work) => work(),
  request: (_headers, work) => work(nowhere),
  traceId: () => undefined,
  close: async () => undefined,
};

/** Spans around queries, by the name of their file, and around Redis commands; no parameter is ever recorded. */
export function storeSpans(tracing: Tracing): { readonly query: Watch; readonly command: Watch } {
  const watch =
    (system: string): Watch =>
    (operation, work) =>
      tracing.span(
        `${system} ${operation}`,
        { 'db.system.name': system, 'db.operation.name': operation },
        work,
      );
  return { query: watch('postgresql'), command: watch('redis') };
}
