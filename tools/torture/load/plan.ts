import type { UserFields } from '../harness/users.ts';

/** Requests of one kind at one rate, on their own keep-alive connections. */
export interface Stream {
  readonly name: string;
  readonly kind: RequestKind;
  /** Requests per second on a fixed schedule, or null: each client sends its next request after its answer. */
  readonly rate: number | null;
  /** Milliseconds between two rounds of the schedule. A request may be late by that much. @default 2 */
  readonly tick?: number;
  /** Connections per base URL; without a rate, also the number of clients. */
  readonly clients: number;
  /** Base URLs, used in turn. */
  readonly bases: readonly string[];
  /** Access tokens, or refresh tokens for 'refresh', one per client. */
  readonly tokens?: readonly string[];
  readonly users?: readonly UserFields[];
  /** False: a new connection for every request. */
  readonly keepAlive?: boolean;
}

export type RequestKind =
  | 'me'
  | 'sessions'
  | 'verify'
  | 'jwks'
  | 'login'
  | 'register'
  | 'refresh'
  | 'fresh-token';

export interface Plan {
  readonly streams: readonly Stream[];
  /** Maximum duration. `stop` ends the run earlier. */
  readonly seconds: number;
}

/** The measurement of one request. */
export interface Sample {
  readonly stream: number;
  /** Scheduled time, in milliseconds since the epoch. */
  readonly due: number;
  /** Milliseconds from the scheduled time to the end of the answer, including the wait for a connection. */
  readonly ms: number;
  /** The part of `ms` by which the generator itself was late. A large value means that the machine is too busy. */
  readonly late: number;
  /** 0 without an answer. */
  readonly status: number;
  /** The answer had Retry-After. */
  readonly retryAfter: boolean;
  /** The code of the problem document or of the connection error. */
  readonly code: string | null;
}

export type ToChild = { readonly plan: Plan } | { readonly stop: true };
export type FromChild = { readonly started: true } | { readonly samples: readonly Sample[] };
