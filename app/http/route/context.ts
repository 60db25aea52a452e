import type Koa from 'koa';
import type { Client } from '../client.ts';

/** What every request carries from the first middleware on. */
export interface RequestState {
  requestId: string;
  client: Client;
  /** Full template of the matched route; one value for everything unmatched keeps metrics bounded. */
  route: string;
  userId?: string;
  /** Set while tracing is on. */
  traceId?: string;
  /** Why the request was refused; for the log. */
  failure?: unknown;
}

export type Context = Koa.ParameterizedContext<RequestState>;
export type Middleware = Koa.Middleware<RequestState>;

export const unmatchedRoute = 'unmatched';
