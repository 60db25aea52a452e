import type Koa from 'koa';
import type { Client } from '../client.ts';
import type { Endpoint } from './endpoint.ts';
import type { ForwardedRequest } from './gateway-check.ts';

/** What every request carries from the first middleware on. */
export interface RequestState {
  requestId: string;
  client: Client;
  /** Set once the router has found the endpoint. */
  endpoint?: Endpoint;
  userId?: string;
  sessionId?: string;
  /** What the request changes: a user, a role or a session. */
  targetId?: string;
  /** Keyed hash of the email that a login names. */
  accountRef?: string;
  /** When the user of the access token last proved the password, in seconds since the epoch; null if it does not say. */
  authTime?: number | null;
  /** Set while tracing is on. */
  traceId?: string;
  /** Set with `traceId`. */
  spanId?: string;
  /** Set for the check of a gateway: the request that it is about. */
  forwarded?: ForwardedRequest;
  /** Why the request was refused, for the log. */
  failure?: unknown;
}

export type Context = Koa.ParameterizedContext<RequestState>;
export type Middleware = Koa.Middleware<RequestState>;

/** The route label of a request: its template, or one value for everything unmatched, so that metrics stay bounded. */
export function routeLabel(endpoint: Pick<Endpoint, 'path'> | undefined): string {
  return endpoint?.path ?? 'unmatched';
}
