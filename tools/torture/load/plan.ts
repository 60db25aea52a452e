import type { Person } from '../harness/people.ts';

/** One kind of request at one pace, through a pool of keep-alive connections of its own. */
export interface Stream {
  readonly name: string;
  readonly kind: StreamKind;
  /** Requests a second on a fixed schedule, whatever the answers do; or null: each client asks again when answered. */
  readonly rate: number | null;
  /** Milliseconds between two looks at that schedule, by which a request may be late. @default 2 */
  readonly tick?: number;
  /** Connections for each base URL, and clients when there is no rate. */
  readonly clients: number;
  /** Asked in turn. */
  readonly bases: readonly string[];
  /** Access tokens, or for 'refresh' refresh tokens, each of a client of its own. */
  readonly tokens?: readonly string[];
  readonly people?: readonly Person[];
  /** False: a new connection for every request. */
  readonly keepAlive?: boolean;
}

export type StreamKind = 'me' | 'sessions' | 'verify' | 'login' | 'register' | 'refresh' | 'fresh-token';

export interface Plan {
  readonly streams: readonly Stream[];
  /** Longest run; `stop` ends it sooner. */
  readonly seconds: number;
}

/** One request as its stream saw it. */
export interface Sample {
  readonly stream: number;
  /** Milliseconds since the epoch at which it was due, whether or not the sender kept up. */
  readonly due: number;
  /** Milliseconds from then to the end of the answer: waiting for a connection counts. */
  readonly ms: number;
  /** Milliseconds of `ms` for which the generator itself was late: the machine is too busy when they are many. */
  readonly late: number;
  /** 0 when no answer came. */
  readonly status: number;
  /** The answer had Retry-After. */
  readonly retryAfter: boolean;
  /** Code of a problem, or of what broke the connection. */
  readonly code: string | null;
}

export type ToChild = { readonly plan: Plan } | { readonly stop: true };
export type FromChild = { readonly started: true } | { readonly samples: readonly Sample[] };
