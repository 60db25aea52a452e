import type { ErrorText, LevelName, LineFields, LineFormat, LineSource } from './line-format.ts';
import { serviceName } from './line-format.ts';

/** LogSeverity of Cloud Logging. */
const severities: Readonly<Record<LevelName, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** With it, Error Reporting takes the line for an error whatever its text is. */
const reportedError = 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent';

const isKnown = (ip: unknown): boolean => typeof ip === 'string' && ip !== 'unknown';

/** A JSON form of google.protobuf.Duration: seconds with up to nine digits and the letter s. */
const durationOf = (milliseconds: unknown): string => `${Number((Number(milliseconds) / 1000).toFixed(6))}s`;

/** HttpRequest of Cloud Logging. The URL is the template of the route: no path of a client is logged. */
function httpRequest({ method, route, status, durationMs, ip }: LineFields) {
  return {
    ...(method !== undefined && { requestMethod: method }),
    ...(route !== undefined && { requestUrl: route }),
    status,
    ...(isKnown(ip) && { remoteIp: ip }),
    ...(durationMs !== undefined && { latency: durationOf(durationMs) }),
  };
}

/** The part of a ReportedErrorEvent that says whom the error concerned. */
function contextOf({ method, route, status, ip, userId }: LineFields) {
  return {
    ...(route !== undefined && {
      httpRequest: { method, url: route, responseStatusCode: status, ...(isKnown(ip) && { remoteIp: ip }) },
    }),
    ...(typeof userId === 'string' && { user: userId }),
  };
}

function errorFields(fields: LineFields, level: LevelName, { stack, ...error }: ErrorText): LineFields {
  const isReported = level === 'error' || level === 'fatal';
  return {
    err: error,
    stack_trace: stack,
    ...(isReported && { '@type': reportedError, context: contextOf(fields) }),
  };
}

/**
 * Structured logging of Google Cloud ("Special fields in structured payloads" and "Format errors in logs"). Every field of
 * the service stays where it is, so that searches and commands for its own JSON work on these lines too. Only `level` is
 * `severity`, `msg` is `message`, and the stack of an error is `stack_trace`.
 */
export const gcpFormat = ({ version, project }: LineSource): LineFormat => ({
  base: { service: serviceName, serviceContext: { service: serviceName, ...(version && { version }) } },
  timeKey: 'time',
  messageKey: 'message',
  level: (level) => ({ severity: severities[level] }),
  fields(fields, level, error) {
    const { event, security, spanId, traceId } = fields;
    const isRequest = event === 'request' || event === 'protocol_error';
    const trace = project ? `projects/${project}/traces/${traceId}` : traceId;
    // The spread comes last, because V8 takes many times as long to add fields to a copy. The log omits what is undefined.
    const line = {
      httpRequest: isRequest ? httpRequest(fields) : undefined,
      'logging.googleapis.com/labels': event === undefined ? undefined : { event, security },
      'logging.googleapis.com/trace': traceId === undefined ? undefined : trace,
      'logging.googleapis.com/spanId': spanId,
      ...fields,
    };
    return error ? { ...line, ...errorFields(fields, level, error) } : line;
  },
});
