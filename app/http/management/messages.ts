import type { ManagementLimits } from './limits.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the main thread answers to a request for metrics: all of them as OpenMetrics, or why there are none. */
export interface RenderedMetrics {
  readonly status: 200 | 500 | 503;
  readonly text: string;
}

/** What the main thread knows about its readiness. */
export interface PublishedReadiness {
  readonly status: 'ready' | 'degraded' | 'not_ready';
  readonly checks: object;
}

/** Where the listener listens. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

export interface ThreadOptions extends ListenAddress {
  /** One Int32 that the main thread increments with each heartbeat. */
  readonly heartbeats: SharedArrayBuffer;
  readonly limits: ManagementLimits;
}

export type MessageToThread =
  | { readonly readiness: PublishedReadiness }
  | { readonly metrics: RenderedMetrics };

/** The port that the listener has, once; afterwards each request for metrics. */
export type MessageFromThread = { readonly port: number } | 'metrics';
