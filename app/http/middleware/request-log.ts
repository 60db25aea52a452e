import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import type { Line } from '../../observe/events/events.ts';
import type { Where } from '../../observe/events/subject-fields.ts';
import { type Logger, type LogOf, withoutRedaction } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { abortStatus } from '../in-flight.ts';
import { type Middleware, type RequestState, routeLabel } from '../route/context.ts';
import { type Endpoint, isFromPlatform } from '../route/endpoint.ts';
import { securityEvent } from '../route/security-events.ts';

type Method = Line<'request'>['method'];
const methods: ReadonlySet<string> = new Set<Method>([
  ...(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const),
]);
const isMethod = (method: string): method is Method => methods.has(method);

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

type Level = 'error' | 'warn' | 'info' | 'debug';

/** A refusal is the client's concern; a server error is the operator's. */
function levelOf(status: number): Level {
  if (status < 500) return 'info';
  return status === 500 ? 'error' : 'warn';
}

/**
 * The levels of requests from the platform. Load balancers and kubelets probe each replica thousands of times a day, so
 * a probe is logged when its result changes, and at the level debug otherwise. A probe without an answer (499) has failed.
 */
function createPlatformLevels() {
  const failing = new Set<string>();
  return ({ audience, path }: Pick<Endpoint, 'audience' | 'path'>, status: number): Level => {
    const isFailing = status >= 400;
    if (audience !== 'probe') return isFailing ? levelOf(status) : 'debug';
    if (isFailing === failing.has(path)) return 'debug';
    if (!isFailing) {
      failing.delete(path);
      return 'info';
    }
    failing.add(path);
    return status === 500 ? 'error' : 'warn';
  };
}

interface RequestFacts extends Omit<RequestState, 'client'>, Omit<Where, 'requestId'> {
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
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
function lineOf(method: Method, facts: RequestFacts): Line<'request'> {
  const { endpoint, failure, forwarded, seconds, ip, requestId, traceId, spanId, status } = facts;
  const { accountRef, network, sessionId, targetId, userId } = facts;
  const code = failure instanceof AppError ? failure.code : undefined;
  const security = securityEvent(status, code, endpoint?.securityEvent);
  return {
    event: 'request',
    requestId,
    ...(traceId && { traceId, spanId }),
    method,
    route: routeLabel(endpoint),
    status,
    ...forwarded,
    durationMs: Math.round(seconds * 1e5) / 100,
    ip,
    ...(security && { network }),
    ...(userId && { userId }),
    ...(sessionId && { sessionId }),
    ...(targetId && { targetId }),
    ...(accountRef && { accountRef }),
    ...(code && { code }),
    ...(facts.isAborted && { aborted: true }),
    ...security,
  };
}

/** Writes one log line and one observation for each request. */
export function createRequestRecord(log: Logger, metrics: Metrics): RecordRequest {
  const redacted: LogOf<'request', Level> = log;
  const plain: LogOf<'request', Level> = withoutRedaction(log);
  const platformLevel = createPlatformLevels();
  return (facts) => {
    const { endpoint, failure, status } = facts;
    const method = isMethod(facts.method) ? facts.method : 'OTHER';
    countRequest(metrics, method, facts);
    const level = endpoint && isFromPlatform(endpoint) ? platformLevel(endpoint, status) : levelOf(status);
    if (!log.isLevelEnabled(level)) return;
    // The code of an AppError says everything, so only its cause is logged.
    const cause = failure instanceof AppError ? failure.cause : failure;
    if (status < 500 || cause === undefined) plain[level](lineOf(method, facts), 'request');
    else redacted[level]({ ...lineOf(method, facts), err: cause }, 'request');
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
      const { ip, network } = client;
      record({ method: ctx.method, status, seconds, ip, network, isAborted, ...state });
    };
    // The exemplar belongs to the trace of this request. The close event fires outside of its async context.
    ctx.res.once('close', ctx.state.traceId ? AsyncLocalStorage.bind(onClose) : onClose);
    return next();
  };
}
