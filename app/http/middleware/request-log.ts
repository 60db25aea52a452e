import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import { type Logger, withoutRedaction } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { abortStatus } from '../in-flight.ts';
import { type Middleware, type RequestState, routeLabel } from '../route/context.ts';
import { isFromPlatform } from '../route/endpoint.ts';
import { securityEvent } from '../route/security-events.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function resultOf(status: number): 'ok' | 'error' | 'aborted' {
  if (status === 499) return 'aborted';
  return status >= 500 ? 'error' : 'ok';
}

/**
 * The status of a response that has been sent or aborted. 499 is nginx's code for a client that disconnected. A response
 * that this process aborted, because of a failure or at the end of a shutdown, counts as 5xx: the service failed to
 * serve it.
 */
function statusOf(response: ServerResponse, isSent: boolean): number {
  return isSent ? response.statusCode : (abortStatus(response) ?? 499);
}

/** A refusal is the client's concern; a server error is the operator's. */
function levelOf(status: number, endpoint: RequestFacts['endpoint']): 'error' | 'warn' | 'info' | 'debug' {
  if (status < 500) return endpoint?.logLevel ?? 'info';
  return status === 500 ? 'error' : 'warn';
}

interface RequestFacts extends Omit<RequestState, 'client'> {
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
  readonly ip: string;
  /** The service could not complete the response. */
  readonly isAborted?: boolean;
}

export type RecordRequest = (facts: RequestFacts) => void;

/** One observation per request. An unknown method counts as OTHER, so that no client can add series. */
function countRequest(metrics: Metrics, method: string, facts: RequestFacts): void {
  const { endpoint, seconds, status } = facts;
  if (facts.isAborted) metrics.responsesAborted.inc();
  metrics.requestDuration.observe(seconds, { method, route: routeLabel(endpoint), status: String(status) });
  if (endpoint && isFromPlatform(endpoint)) return;
  metrics.requests.inc({ class: endpoint?.objective ?? 'other', result: resultOf(status) });
}

/** The fields of the log line. No query, body or credential is among them (ASVS 16.2.5). */
function logFields(method: string, facts: RequestFacts) {
  const { endpoint, failure, forwarded, seconds, ip, requestId, traceId, status, userId, sessionId } = facts;
  const code = failure instanceof AppError ? failure.code : undefined;
  return {
    event: 'request',
    requestId,
    ...(traceId && { traceId }),
    method,
    route: routeLabel(endpoint),
    status,
    ...forwarded,
    durationMs: Math.round(seconds * 1e5) / 100,
    ip,
    ...(userId && { userId }),
    ...(sessionId && { sessionId }),
    ...(code && { code }),
    ...(facts.isAborted && { aborted: true }),
    ...securityEvent(status, code, endpoint?.securityEvent),
  };
}

/** Writes one log line and one observation for each request. */
export function createRequestRecord(log: Logger, metrics: Metrics): RecordRequest {
  const plain = withoutRedaction(log);
  return (facts) => {
    const { endpoint, failure, status } = facts;
    const method = methods.has(facts.method) ? facts.method : 'OTHER';
    countRequest(metrics, method, facts);
    const level = levelOf(status, endpoint);
    if (!log.isLevelEnabled(level)) return;
    // The code of an AppError says everything, so only its cause is logged.
    const cause = failure instanceof AppError ? failure.cause : failure;
    if (status < 500 || cause === undefined) plain[level](logFields(method, facts), 'request');
    else log[level]({ ...logFields(method, facts), err: cause }, 'request');
  };
}

/** Records each request when its response has been sent or its connection has closed. */
export function requestLog(record: RecordRequest, metrics: Metrics): Middleware {
  return (ctx, next) => {
    const start = performance.now();
    let isSent = false;
    metrics.requestsInFlight.inc();
    // `finish` and writableFinished are also true of an ended response whose connection was then destroyed. Node's own
    // listener detaches the socket, so this one must be called first.
    ctx.res.prependOnceListener('finish', () => {
      isSent = !ctx.req.socket.destroyed;
    });
    const onClose = (): void => {
      metrics.requestsInFlight.dec();
      const seconds = (performance.now() - start) / 1000;
      const { client, ...state } = ctx.state;
      const isAborted = !isSent && abortStatus(ctx.res) !== undefined;
      const status = statusOf(ctx.res, isSent);
      // The spread comes last: V8 takes ten times as long to add fields to a copy of the state.
      record({ method: ctx.method, status, seconds, ip: client.ip, isAborted, ...state });
    };
    // The exemplar belongs to the trace of this request. The close event fires outside of its async context.
    ctx.res.once('close', ctx.state.traceId ? AsyncLocalStorage.bind(onClose) : onClose);
    return next();
  };
}
