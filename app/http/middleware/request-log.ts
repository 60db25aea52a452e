import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import { healthPaths } from '../../features/health/endpoints.ts';
import { type Logger, withoutRedaction } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Context, Middleware } from '../route/context.ts';
import { wasAborted } from '../server/in-flight.ts';
import { securityEvent } from './security-events.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What the objectives of availability are counted by, by route. Probes are no customers, and in no class. */
const classes: Readonly<Record<string, 'authentication' | 'token_check' | null>> = {
  '/api/v1/auth/register': 'authentication',
  '/api/v1/auth/login': 'authentication',
  '/api/v1/auth/refresh': 'authentication',
  '/api/v1/auth/password/reset': 'authentication',
  '/api/v1/auth/verify': 'token_check',
  ...Object.fromEntries(healthPaths.map((path) => [path, null])),
};

function resultOf(status: number): 'ok' | 'error' | 'aborted' {
  if (status === 499) return 'aborted';
  return status >= 500 ? 'error' : 'ok';
}

/** 499 as nginx has it: the client went away. One that we cut, at the end of a shutdown, we failed to serve. */
function statusOf({ writableFinished, statusCode }: ServerResponse, isCut: boolean): number {
  if (writableFinished) return statusCode;
  return isCut ? 503 : 499;
}

/** Refusals are the caller's business; what we could not do is ours. */
function levelOf(status: number): 'error' | 'warn' | 'info' {
  if (status === 500) return 'error';
  return status > 500 ? 'warn' : 'info';
}

/** What stands behind a failure. A refusal of our own says everything by its code; under a flood there are many. */
function causeOf(failure: unknown): unknown {
  return failure instanceof AppError ? failure.cause : failure;
}

export interface RequestFacts {
  readonly method: string;
  /** The template. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly requestId: string;
  readonly ip: string;
  readonly traceId?: string | undefined;
  readonly userId?: string | undefined;
  /** Why it was refused. */
  readonly failure?: unknown;
}

export type RecordRequest = (facts: RequestFacts) => void;

/**
 * One line and one observation for a request. No query, body or header value is logged (ASVS 16.2.5); the route is the
 * template, and an unknown method counts as OTHER, so that no caller can add series.
 */
export function createRequestRecord(log: Logger, metrics: Metrics): RecordRequest {
  const plain = withoutRedaction(log);
  return ({ route, status, seconds, requestId, ip, traceId, userId, failure, ...facts }) => {
    const method = methods.has(facts.method) ? facts.method : 'OTHER';
    metrics.requestDuration.observe(seconds, { method, route, status: String(status) });
    const kind = route in classes ? classes[route] : 'other';
    if (kind) metrics.requests.inc({ class: kind, result: resultOf(status) });
    const level = levelOf(status);
    if (!log.isLevelEnabled(level)) return;
    const code = failure instanceof AppError ? failure.code : undefined;
    const cause = status >= 500 ? causeOf(failure) : undefined;
    const lines = cause === undefined ? plain : log;
    lines[level](
      {
        event: 'request',
        requestId,
        ...(traceId && { traceId }),
        method,
        route,
        status,
        durationMs: Math.round(seconds * 1e5) / 100,
        ip,
        ...(userId && { userId }),
        ...(code && { code }),
        ...securityEvent({ method, route, status, code }),
        ...(cause !== undefined && { err: cause }),
      },
      'request',
    );
  };
}

/** Records each request when its response is through or its connection gone. */
export function requestLog(record: RecordRequest, metrics: Metrics): Middleware {
  return (ctx: Context, next) => {
    const start = performance.now();
    metrics.requestsInFlight.inc();
    const onClose = (): void => {
      metrics.requestsInFlight.dec();
      const { requestId, traceId, userId, failure, route, client } = ctx.state;
      const seconds = (performance.now() - start) / 1000;
      const status = statusOf(ctx.res, wasAborted(ctx.res));
      const who = { requestId, traceId, userId, ip: client.ip };
      record({ method: ctx.method, route, status, seconds, failure, ...who });
    };
    // The exemplar is that of the trace under way, and events come outside of it.
    ctx.res.once('close', ctx.state.traceId ? AsyncLocalStorage.bind(onClose) : onClose);
    return next();
  };
}
