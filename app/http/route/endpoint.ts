import type { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import type { HashQueue } from '../../features/passwords/hash-queue.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import type { Client } from '../client.ts';
import type { LimitName } from './limits.ts';

/** Who may call: anyone, the holder of an access token, or one whose user has the role `admin`. */
export type Access = 'open' | 'user' | 'admin';

export interface Call<A extends Access, B, Q, P> {
  readonly body: B;
  readonly query: Q;
  readonly params: P;
  readonly caller: A extends 'open' ? undefined : ActiveSession;
  readonly client: Client;
}

/** `data` and `meta` go into the envelope; `raw` is sent as it is. Neither: a response without a body. */
export interface Answer {
  readonly status?: number;
  readonly data?: unknown;
  readonly meta?: { readonly next_cursor: string | null };
  readonly raw?: { readonly type: string; readonly body: string | Buffer };
  readonly headers?: Readonly<Record<string, string>>;
}

/** How one success looks, for the OpenAPI document. */
export interface AnswerDoc {
  readonly description: string;
  /** Schema of `data`; of the whole body with `bare`. */
  readonly data?: z.ZodType;
  /** A page of a list: `data` is the array, `meta.next_cursor` the way on. */
  readonly page?: boolean;
  readonly bare?: boolean;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointSpec<A extends Access, B, Q, P> {
  readonly summary: string;
  readonly access: A;
  /** For what hashes a password: refused before anything is read while there is no room, and holding a place later. */
  readonly room?: HashQueue;
  readonly limit?: LimitName;
  readonly body?: z.ZodType<B>;
  readonly query?: z.ZodType<Q>;
  readonly params?: z.ZodType<P>;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** Refusals of its own; those that access, limit, body and query bring along are implied. */
  readonly refuses?: readonly ErrorCode[];
}

/** One line of the route table. The handler sees parsed input only. */
export interface Endpoint extends Omit<EndpointSpec<Access, unknown, unknown, unknown>, 'access'> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Full template: `/api/v1/users/me/sessions/:id`. */
  readonly path: string;
  readonly access: Access;
  readonly handle: (call: Call<Access, unknown, unknown, unknown>) => Answer | Promise<Answer>;
}

/**
 * @param route method and full path template, as in `POST /api/v1/auth/login`
 */
export function endpoint<A extends Access, B = undefined, Q = undefined, P = undefined>(
  route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`,
  spec: EndpointSpec<A, B, Q, P>,
  handle: (call: Call<A, B, Q, P>) => Answer | Promise<Answer>,
): Endpoint {
  const [method = '', path = ''] = route.split(' ');
  // The dispatcher parses input with this very spec before it calls, so the erased types hold.
  return { ...spec, method: method.toLowerCase(), path, handle } as unknown as Endpoint;
}
