import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Secret } from '../../config/config.ts';
import type { AppError, ErrorCode } from '../../errors.ts';
import type { Caller } from '../../store/caller.ts';
import type { Budget } from '../../store/rate-limit/rate-limiter.ts';
import type { adminRole } from '../../store/tables/roles.ts';
import type { Client } from '../client.ts';
import type { Priority } from './network-standing.ts';
import type { SecurityEventName } from './security-events.ts';

/** Who may call: anyone, the holder of an access token, or a user who has the role `admin`. */
export type Access = 'open' | 'user' | 'admin';

/** A bounded queue for expensive work, such as hashing a password. */
export interface WorkQueue {
  /** Whether a new request of this priority would find no slot. */
  isFull(priority: Priority): boolean;
  /**
   * Counts a request as rejected and returns the error to answer. It returns the error instead of throwing it: throwing
   * took a fifth of the cost of a refusal under a flood.
   */
  reject(priority: Priority): AppError;
  /** Reserves a slot from the start of `work` to its end. @throws AppError overloaded */
  run<T>(priority: Priority, work: () => T | Promise<T>): Promise<T>;
}

/** A token of the configuration that a program sends instead of the access token of a user. */
export interface FixedToken {
  /** Read at each request, so that a rotated token is used. */
  readonly secret: Secret;
  /** Requests without the token per client network. Those with the token are not counted. */
  readonly refusals: Budget;
}

/** Who a request is about, for its log line. */
export interface Subject {
  readonly userId?: string;
  readonly sessionId?: string;
  /** Keyed hash of the email that the client named. */
  readonly accountRef?: string;
  /** What the request changes. */
  readonly targetId?: string;
}

type CallerOf<A extends Access> = A extends 'open'
  ? undefined
  : Caller<A extends 'admin' ? typeof adminRole : null>;

export interface Call<A extends Access, B, Q, P> {
  readonly body: B;
  readonly query: Q;
  readonly params: P;
  /** Who calls. Changes need it: see Store.changeAs. */
  readonly caller: CallerOf<A>;
  readonly client: Client;
  /** Before whom the expensive work of this request is done. */
  readonly priority: Priority;
  /**
   * Adds to the log line of the request who it is about. Name a user and a session only after a secret has proved them,
   * or after the request has created them.
   */
  readonly identify: (subject: Subject) => void;
  /** The value of a cookie, unchecked; null if the request has none of that name. */
  readonly cookie: (name: string) => string | null;
  /** The value of a header field; empty if the request has none of that name. */
  readonly header: (name: string) => string;
}

/**
 * `data` and `meta` go into the envelope; `raw` is sent as it is. With neither, the response has no body. A Readable is
 * sent as fast as the client reads it; see startBody().
 */
export interface Answer {
  readonly status?: number;
  readonly data?: unknown;
  readonly meta?: { readonly next_cursor: string | null };
  readonly raw?: { readonly type: string; readonly body: string | Buffer | Readable };
  readonly headers?: Readonly<Record<string, string>>;
}

/** A success response as the OpenAPI document describes it. */
export interface AnswerDoc {
  readonly description: string;
  /** Schema of `data`, or of the whole body if `bare` is set. */
  readonly data?: z.ZodType;
  /** One page of a list: `data` is an array, `meta.next_cursor` leads to the next page. */
  readonly page?: boolean;
  readonly bare?: boolean;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every fact about one route. Nothing else in the code is keyed by the path of a route. */
export interface EndpointSpec<A extends Access, B, Q, P> {
  readonly summary: string;
  readonly access: A;
  /**
   * Whether the caller must have proved the password a short time ago (STEP_UP_MAX_AGE, RFC 9470), so that a stolen access
   * token is not enough. Set it where an administrator changes something. An endpoint that asks for the password in its
   * body needs no other proof.
   */
  readonly recentAuthentication?: A extends 'open' ? never : boolean;
  /**
   * Who the endpoint is for. `probe`: load balancers and kubelets, which call it by IP address; ALLOWED_HOSTS does not
   * apply to it, and neither traces nor service level objectives count it. `monitoring`: Prometheus, whose requests are
   * not counted either. `gateway`: see gateway-check.ts.
   * @default public
   */
  readonly audience?: 'public' | 'probe' | 'monitoring' | 'gateway';
  /**
   * The class of service level objective that a request counts towards; label `class` of http_requests_total.
   * @default other
   */
  readonly objective?: 'authentication' | 'token_check' | 'other';
  /** Name of the security event in the request log; without it only refusals are security events (ASVS 16.3). */
  readonly securityEvent?: SecurityEventName;
  /** What the request changes, from its path: an account, a role or a session. The request log names it, whether or not the
   * change is allowed. */
  readonly target?: (params: P) => string;
  /**
   * Requests per client network (IPv4 address or IPv6 /64) and window. Endpoints that share a limit share the object.
   * Its name is the label `limit` of auth_rate_limited_total, and part of the key in Redis.
   */
  readonly limit?: Budget;
  /** A token that the caller must send, where access tokens of users do not apply. */
  readonly fixedToken?: A extends 'open' ? FixedToken : never;
  /** Queue of the expensive work that the handler does. A request is refused before it is read while the queue is full. */
  readonly queue?: WorkQueue;
  /**
   * Whether a text, a Cookie header or a body, contains the proof of a known device. Such a request is `known` in the
   * queue, and the limit does not refuse it. It runs before the request is parsed, so it asks no store.
   */
  readonly isKnownDevice?: (text: string) => boolean;
  readonly body?: z.ZodType<B>;
  readonly query?: z.ZodType<Q>;
  readonly params?: z.ZodType<P>;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** Errors of the handler. Those of access, limit, body and query are implied (openapi/refusals.ts). */
  readonly refuses?: readonly ErrorCode[];
}

/** One row of the route table. The handler receives parsed input only. */
export interface Endpoint extends EndpointSpec<Access, unknown, unknown, unknown> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Full template, such as `/api/v1/users/me/sessions/:id`. */
  readonly path: string;
  readonly handle: (call: Call<Access, unknown, unknown, unknown>) => Answer | Promise<Answer>;
}

/**
 * Declares one route.
 * @param route method and full path template, such as `POST /api/v1/auth/login`
 */
export function endpoint<A extends Access, B = undefined, Q = undefined, P = undefined>(
  route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`,
  spec: EndpointSpec<A, B, Q, P>,
  handle: (call: Call<A, B, Q, P>) => Answer | Promise<Answer>,
): Endpoint {
  const [method = '', path = ''] = route.split(' ');
  // reason: dispatch.ts parses input with this very spec before it calls the handler, so the erased types are right.
  return { ...spec, method: method.toLowerCase(), path, handle } as unknown as Endpoint;
}

/** Paths that probes call. Middleware needs them before the router has found the endpoint. */
export function probePaths(endpoints: readonly Endpoint[]): ReadonlySet<string> {
  return new Set(endpoints.filter(({ audience }) => audience === 'probe').map(({ path }) => path));
}

/** Whether the request comes from the platform and not from a user: traces and service level objectives leave it out. */
export const isFromPlatform = ({ audience }: Pick<Endpoint, 'audience'>): boolean =>
  audience === 'probe' || audience === 'monitoring';
